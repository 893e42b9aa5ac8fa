package io.kepm.sudo;

import io.kepm.api.elevation.LaunchAnswer;
import io.kepm.api.elevation.LaunchDecision;
import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.elevation.SessionRecordings;
import io.kepm.api.elevation.SessionRecordings.Recording;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.linux.Peer;
import io.kepm.api.linux.TransientUnits;
import io.kepm.api.linux.TransientUnits.End;
import io.kepm.api.linux.TransientUnits.Recorder;
import io.kepm.api.linux.UnixSockets.Connection;
import io.kepm.api.linux.UnixSockets.Frame;
import io.kepm.api.linux.UnixSockets.Handler;
import io.kepm.api.policy.SourceLimits;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves one {@code kepm-run}: who asks is what the kernel says; what is asked is put together by
 * {@link RunAsker}; the launch decision decides; the service manager starts it. Many threads serve
 * at once, each its own connection.
 */
final class RunDoor implements Handler {

    private static final Logger LOG = LoggerFactory.getLogger(RunDoor.class);

    static final int WORKERS = 128;

    /** By which the kernel names those whom it can't map, and we those of another namespace. */
    private static final long NOBODY = 65534;

    /** As long as somebody waits for a turn at sudo. */
    private static final Duration LONGEST_TURN = Duration.ofSeconds(30);

    private final LaunchDecision decision;
    private final SourceLimits sources;
    private final TransientUnits units;
    private final SessionRecordings recordings;
    private final RunAsker asker;
    private final Admission admission;
    private final DoorRecords records;
    private final KeepAlive keepAlive;
    private final Consumer<Runnable> endings;
    private final Supplier<Duration> promptTime;

    RunDoor(
            LaunchDecision decision,
            SourceLimits sources,
            TransientUnits units,
            SessionRecordings recordings,
            RunAsker asker,
            Admission admission,
            DoorRecords records,
            KeepAlive keepAlive,
            Consumer<Runnable> endings,
            Supplier<Duration> promptTime) {
        this.decision = decision;
        this.sources = sources;
        this.units = units;
        this.recordings = recordings;
        this.asker = asker;
        this.admission = admission;
        this.records = records;
        this.keepAlive = keepAlive;
        this.endings = endings;
        this.promptTime = promptTime;
    }

    @Override
    public void serve(Connection connection) throws IOException {
        long uid = connection.peer().uid();
        if (uid == NOBODY) {
            refuse(connection, "not_here", Said.of("door.run.not_here"));
            return;
        }
        Optional<Admission.Place> place = admission.enter(uid);
        if (place.isEmpty()) {
            tooMany(connection, uid);
            return;
        }
        try (Admission.Place taken = place.get();
                Held held = new Held()) {
            admitted(connection, taken, held);
        } catch (MalformedException e) {
            LOG.warn("a malformed question on run.sock: {}", e.getMessage());
            records.malformed("", uid, connection.peer().pid(), String.valueOf(e.getMessage()));
            refuse(
                    connection,
                    "malformed",
                    Said.of("door.refused", String.valueOf(e.getMessage())));
        }
    }

    private void admitted(Connection connection, Admission.Place place, Held held)
            throws IOException, MalformedException {
        OptionalLong login = asker.login(connection.peer());
        Frame frame = held.read(connection, RunAsker.MOST_FRAME_BYTES);
        if (!place.holds(4L * frame.payload().length)) {
            tooMany(connection, connection.peer().uid());
            return;
        }
        RunQuestion question = RunQuestion.parse(Fields.parse(frame.payload()));
        // Before anything is looked at: accounts, programs and policies cost more than the
        // question.
        if (turn(connection.peer()) instanceof SourceLimits.Turn.Refused refused) {
            refuse(connection, refused.code(), Said.of("door.refused", refused.text()));
            return;
        }
        LaunchRequest request;
        try {
            request = asker.request(question, connection.peer(), held);
        } catch (NameServiceException e) {
            refuse(
                    connection,
                    "name-service",
                    Said.of("door.names", String.valueOf(e.getMessage())));
            return;
        } catch (IOException e) {
            refuse(
                    connection,
                    "not_found",
                    Said.of("door.refused", String.valueOf(e.getMessage())));
            return;
        }
        if (!connection.peerLives()) {
            // Who logged in, the terminal, the folder: of whoever has that number now.
            LOG.warn("process {} ended while it was looked at", connection.peer().pid());
            refuse(connection, "gone", Said.of("door.gone"));
            return;
        }
        if (question.hasSudo() && decision.carriedBySudo(request)) {
            connection.send(Answer.of("sudo").bytes());
            return;
        }
        if (request.isForNoProgram() && request.uid() == 0) {
            refuse(connection, "not_found", Said.of("door.run.missing", request.path()));
            return;
        }
        try (SudoConversation conversation =
                new SudoConversation(
                        connection, request.canPrompt(), promptTime.get(), keepAlive)) {
            decide(new Asked(connection, question, login, request, held), conversation);
        }
    }

    /** Root's own right stands here whatever the limits say: its turn is the decision's to take. */
    private SourceLimits.Turn turn(Peer peer) {
        return peer.uid() == 0
                ? new SourceLimits.Turn.Granted()
                : sources.take(
                        SourceLimits.Source.user(peer.uid()), asker.session(peer), LONGEST_TURN);
    }

    /** One question with all that came with it. */
    private record Asked(
            Connection connection,
            RunQuestion question,
            OptionalLong login,
            LaunchRequest request,
            Held held) {}

    private void decide(Asked asked, SudoConversation conversation) {
        LaunchAnswer answer = judge(asked.request(), conversation);
        if (answer instanceof LaunchAnswer.Run run) {
            run(asked, run, conversation);
        } else if (answer instanceof LaunchAnswer.OwnRight own && asked.request().uid() == 0) {
            conversation.conclude(
                    Answer.of("pass")
                            .with("request", own.requestId())
                            .with("message", String.join("\n", own.notices())));
        } else if (answer instanceof LaunchAnswer.Refuse refuse) {
            conversation.conclude(
                    Answer.deny(refuse.code(), refuse.message())
                            .with("request", refuse.requestId()));
        } else {
            // Here is no right but what policy gives.
            conversation.conclude(
                    Answer.deny("unmatched", Said.of("door.unmatched"))
                            .with("request", answer.requestId()));
        }
    }

    private LaunchAnswer judge(LaunchRequest request, SudoConversation conversation) {
        try {
            return decision.decide(request, conversation);
        } catch (RuntimeException e) {
            LOG.error("the launch decision failed", e);
            return new LaunchAnswer.Refuse("", "fault", Said.of("door.failed"));
        }
    }

    private void run(Asked asked, LaunchAnswer.Run run, SudoConversation conversation) {
        CompletableFuture<Void> told = new CompletableFuture<>();
        run.substitute().ifPresent(substitute -> asked.held().add(substitute.program()));
        try {
            start(asked, run, told);
        } catch (IOException | NameServiceException | RuntimeException | Error e) {
            LOG.warn("what was allowed could not be started: {}", e.getMessage());
            decision.ended(run.grantId(), "error", 1, 0);
            asker.over(run);
            conversation.conclude(
                    Answer.deny(
                                    "fault",
                                    Said.of("door.not_started", String.valueOf(e.getMessage())))
                            .with("request", run.requestId()));
            return;
        }
        conversation.conclude(
                Answer.of("allow")
                        .with("grant", run.grantId())
                        .with("request", run.requestId())
                        .with("message", String.join("\n", notices(run))));
        // The client says nothing more; it is told when its command was ended, and why.
        if (!asked.connection().keep(said -> {})) {
            LOG.debug("too many commands run: one is not told why it is ended");
        }
        told.complete(null);
    }

    private static List<String> notices(LaunchAnswer.Run run) {
        List<String> notices = new ArrayList<>(run.notices());
        if (run.conditions().record()) {
            notices.add(Said.of("door.recorded"));
        }
        return notices;
    }

    private void start(Asked asked, LaunchAnswer.Run run, CompletableFuture<Void> told)
            throws IOException, NameServiceException {
        Optional<String> obstacle = units.obstacle(asked.request().uid());
        if (obstacle.isPresent()) {
            // Said before an account is made for it.
            throw new IOException(obstacle.get());
        }
        Optional<Recording> recording = recording(asked, run);
        Consumer<Recording> outcome = Recording::neverBegun;
        try {
            TransientUnits.Unit unit =
                    units.start(
                            asker.order(
                                    asked.question(),
                                    asked.login(),
                                    asked.request(),
                                    run,
                                    asked.connection(),
                                    recording.map(Recorder.class::cast)));
            bind(run, unit);
            boolean goes = false;
            try {
                unit.go(end -> endings.accept(() -> ended(asked.connection(), run, end, told)));
                goes = true;
            } finally {
                if (goes) {
                    outcome = Recording::begun;
                } else if (unit.mayHaveBegun()) {
                    outcome = Recording::mayHaveBegun;
                }
            }
        } finally {
            recording.ifPresent(outcome);
        }
    }

    /** INVARIANT: what policy wants recorded is on record as such before anything of it runs. */
    private Optional<Recording> recording(Asked asked, LaunchAnswer.Run run) throws IOException {
        if (!run.conditions().record()) {
            return Optional.empty();
        }
        LaunchRequest request = asked.request();
        return Optional.of(
                recordings.begin(
                        new SessionRecordings.About(
                                run.grantId(),
                                run.requestId(),
                                request.user(),
                                request.uid(),
                                run.conditions().runAs(),
                                request.path(),
                                run.conditions().argv())));
    }

    /** INVARIANT: the grant is bound to its unit, on disk, before anything of it runs. */
    private void bind(LaunchAnswer.Run run, TransientUnits.Unit unit) throws IOException {
        boolean bound = false;
        try {
            bound = decision.started(run.grantId(), unit.pid(), unit.startTicks());
        } finally {
            if (!bound) {
                unit.cancel();
            }
        }
        if (!bound) {
            throw new IOException("its right ended before it began");
        }
    }

    private void ended(
            Connection connection, LaunchAnswer.Run run, End end, CompletableFuture<Void> told) {
        String why = decision.ending(run.grantId());
        decision.ended(run.grantId(), end.how(), end.status(), end.durationMillis());
        asker.over(run);
        if (why.isEmpty() && end.how().equals("exit")) {
            return;
        }
        String text =
                !why.isEmpty()
                        ? why
                        : end.how().equals("unrecorded")
                                ? Said.of("door.ended.unrecorded")
                                : Said.of("door.ended.signal");
        var unused = told.thenRun(() -> tellEnd(connection, text));
    }

    private static void tellEnd(Connection connection, String text) {
        try {
            connection.send(Answer.of("end").with("message", text).bytes());
        } catch (IOException e) {
            LOG.debug("a client is gone before it was told why its command ended", e);
        }
    }

    private void tooMany(Connection connection, long uid) throws IOException {
        records.tooMany(uid);
        refuse(connection, "rate_limited", Said.of("door.full"));
    }

    private static void refuse(Connection connection, String code, String message)
            throws IOException {
        connection.send(Answer.deny(code, message).bytes());
    }
}
