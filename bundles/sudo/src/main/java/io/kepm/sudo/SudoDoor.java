package io.kepm.sudo;

import io.kepm.api.elevation.LaunchAnswer;
import io.kepm.api.elevation.LaunchDecision;
import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.linux.Peer;
import io.kepm.api.linux.UnixSockets.Connection;
import io.kepm.api.linux.UnixSockets.Descriptor;
import io.kepm.api.linux.UnixSockets.Frame;
import io.kepm.api.linux.UnixSockets.Handler;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves one sudo: reads its question, has it decided, answers. It decides nothing itself but who
 * is heard at all. Many threads serve at once, each its own connection.
 */
final class SudoDoor implements Handler {

    private static final Logger LOG = LoggerFactory.getLogger(SudoDoor.class);

    static final int WORKERS = 256;
    private static final int MOST_FRAME_BYTES = 1 << 20;
    private static final int READERS = 48;
    private static final Duration FIRST_FRAME = Duration.ofSeconds(5);
    private static final int BROKEN_PIPE = 32;

    private final LaunchDecision decision;
    private final Admission admission;
    private final DoorRecords records;
    private final Nonces nonces;
    private final Invokers invokers;
    private final TracedPrograms traced;
    private final KeepAlive keepAlive;
    private final Consumer<Runnable> endings;
    private final Supplier<Duration> promptTime;

    /** Bounds the memory of frames that are half read, whoever sends them. */
    private final Semaphore readers = new Semaphore(READERS, true);

    private final Latecomers latecomers;

    SudoDoor(
            LaunchDecision decision,
            Admission admission,
            DoorRecords records,
            Nonces nonces,
            Invokers invokers,
            TracedPrograms traced,
            KeepAlive keepAlive,
            Consumer<Runnable> endings,
            Supplier<Duration> promptTime) {
        this.decision = decision;
        this.admission = admission;
        this.records = records;
        this.nonces = nonces;
        this.invokers = invokers;
        this.traced = traced;
        this.keepAlive = keepAlive;
        this.endings = endings;
        this.promptTime = promptTime;
        latecomers = new Latecomers(invokers, MOST_FRAME_BYTES);
    }

    @Override
    public void serve(Connection connection) throws IOException {
        if (connection.peer().uid() != 0) {
            records.notRoot(connection.peer());
            connection.send(Answer.deny("not_root", Said.of("door.sudo.not_root")).bytes());
            return;
        }
        long invoker = invokers.realUid(connection.peer().pid());
        Optional<Admission.Place> place = admission.enter(invoker);
        if (place.isEmpty()) {
            if (!latecomers.hear(connection, invoker, frame -> late(connection, frame, invoker))) {
                tooMany(connection, invoker);
            }
            return;
        }
        try (Admission.Place taken = place.get()) {
            admitted(connection, invoker, taken);
        }
    }

    private void admitted(Connection connection, long invoker, Admission.Place place)
            throws IOException {
        Frame frame = read(connection);
        try {
            Question question = parse(frame, connection.peer());
            if (!place.holds(4L * frame.payload().length)) {
                tooMany(connection, question, invoker);
                return;
            }
            answer(connection, question, invoker);
        } catch (MalformedException e) {
            malformed(connection, frame, invoker, e);
        } finally {
            frame.descriptor().ifPresent(Descriptor::close);
        }
    }

    private static Question parse(Frame frame, Peer peer) throws MalformedException {
        return QuestionParser.parse(Fields.parse(frame.payload()), peer, frame.descriptor());
    }

    private void late(Connection connection, Frame frame, long invoker) throws IOException {
        try {
            tooMany(connection, parse(frame, connection.peer()), invoker);
        } catch (MalformedException e) {
            malformed(connection, frame, invoker, e);
        }
    }

    private Frame read(Connection connection) throws IOException {
        try {
            if (!readers.tryAcquire(FIRST_FRAME.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException("too many frames are half read");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        try {
            return connection.receive(MOST_FRAME_BYTES, FIRST_FRAME);
        } finally {
            readers.release();
        }
    }

    private void answer(Connection connection, Question question, long invoker) throws IOException {
        if (question instanceof Question.Close close) {
            connection.send(Answer.of("ok").bytes());
            end(close);
        } else if (question instanceof Question.Note note) {
            decision.noted(note.request(), "root's own sudo");
            connection.send(Answer.of("ok").bytes());
        } else if (question instanceof Question.Check check && nonces.isCanary(check.request())) {
            connection.send(Answer.deny("canary", Said.of("door.canary")).bytes());
        } else if (question instanceof Question.Check check) {
            decideFairly(connection, check, invoker);
        }
    }

    private void end(Question.Close close) {
        endings.accept(
                () ->
                        decision.ended(
                                close.grant(),
                                close.how(),
                                close.status(),
                                close.durationMillis()));
    }

    /** A sudo that has become root is counted for the user whom it names. */
    private void decideFairly(Connection connection, Question.Check check, long invoker)
            throws IOException {
        if (check.request().uid() == invoker) {
            decide(connection, check);
            return;
        }
        Optional<Admission.Place> place = admission.enter(check.request().uid());
        if (place.isEmpty()) {
            tooMany(connection, check.request());
            return;
        }
        try {
            decide(connection, check);
        } finally {
            place.get().close();
        }
    }

    private void decide(Connection connection, Question.Check check) {
        LaunchRequest request = check.request();
        try (SudoConversation conversation =
                new SudoConversation(
                        connection, request.canPrompt(), promptTime.get(), keepAlive)) {
            LaunchAnswer answer = judge(request, conversation);
            if (answer instanceof LaunchAnswer.Run run) {
                run(connection, check, run, conversation);
            } else if (answer instanceof LaunchAnswer.OwnRight own) {
                conversation.conclude(
                        Answer.of("pass")
                                .with("request", own.requestId())
                                .with("message", String.join("\n", own.notices())));
            } else if (answer instanceof LaunchAnswer.Refuse refuse) {
                conversation.conclude(
                        Answer.deny(refuse.code(), refuse.message())
                                .with("request", refuse.requestId()));
            } else {
                conversation.conclude(Answer.deny("fault", Said.of("door.unknown")));
            }
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

    private void run(
            Connection connection,
            Question.Check check,
            LaunchAnswer.Run run,
            SudoConversation conversation) {
        boolean same =
                run.substitute().isEmpty()
                        && run.conditions().argv().equals(check.request().argv())
                        && run.conditions().runAs().equals(check.request().runAs());
        // INVARIANT: no late answer is taken for the last word on a grant.
        boolean kept =
                same
                        && check.stays()
                        && !conversation.isOwedAnAnswer()
                        && keep(connection, run.grantId());
        Answer answer =
                same
                        ? Answer.of("allow")
                                .with("grant", run.grantId())
                                .with("request", run.requestId())
                                .with("kept", kept ? "1" : "0")
                                .with("inside", isFreeInside(check, run) ? "free" : "")
                                .with("message", String.join("\n", run.notices()))
                        : Answer.deny("fault", Said.of("door.other"))
                                .with("request", run.requestId());
        if (!conversation.conclude(answer) || !same) {
            // INVARIANT: a grant whose allow did not reach sudo is on record as not run.
            decision.ended(run.grantId(), "error", BROKEN_PIPE, 0);
        } else if (check.request().inside()) {
            end(Question.Close.inside(run.grantId()));
        }
    }

    /**
     * It is traced for others, by whose policies its program has to be: nobody else's commands in
     * it are judged. Where a site has sudo ask by rules of its own, they are: always so for who is
     * not governed, whom the drop-in does not name.
     */
    private boolean isFreeInside(Question.Check check, LaunchAnswer.Run run) {
        return check.request().asksInside()
                && !run.conditions().intercept()
                && invokers.isGoverned(check.request().uid())
                && traced.has(check.request().path());
    }

    private boolean keep(Connection connection, String grant) {
        return connection.keep(frame -> end(lastWord(connection.peer(), grant, frame)));
    }

    /** What a sudo says at its end, or that it is gone, of the one grant it was given there. */
    private static Question.Close lastWord(Peer peer, String grant, Optional<Frame> frame) {
        Optional<Descriptor> descriptor = frame.flatMap(Frame::descriptor);
        try {
            if (frame.isPresent()
                    && QuestionParser.parse(Fields.parse(frame.get().payload()), peer, descriptor)
                            instanceof Question.Close close
                    && close.grant().equals(grant)) {
                return close;
            }
        } catch (MalformedException e) {
            LOG.warn("a malformed last word on decide.sock: {}", e.getMessage());
        } finally {
            descriptor.ifPresent(Descriptor::close);
        }
        return Question.Close.unheard(grant);
    }

    private void tooMany(Connection connection, long uid) throws IOException {
        records.tooMany(uid);
        connection.send(Answer.deny("rate_limited", Said.of("door.full")).bytes());
    }

    private void tooMany(Connection connection, Question question, long invoker)
            throws IOException {
        if (question instanceof Question.Check check && !nonces.isCanary(check.request())) {
            tooMany(connection, check.request());
        } else {
            tooMany(connection, invoker);
        }
    }

    /**
     * Who has a right of their own keeps it, on record (elevation.md §2, the row of rate limits),
     * where no policy binds them.
     */
    private void tooMany(Connection connection, LaunchRequest request) throws IOException {
        if (request.uid() > 0
                && !invokers.isGoverned(request.uid())
                && !decision.binds(request)
                && records.ownRight(request, "too many requests of this user are open")) {
            connection.send(Answer.of("pass").bytes());
            return;
        }
        tooMany(connection, request.uid());
    }

    private void malformed(
            Connection connection, Frame frame, long invoker, MalformedException fault)
            throws IOException {
        String why = String.valueOf(fault.getMessage());
        LOG.warn("a malformed question on decide.sock: {}", why);
        recordMalformed(frame, invoker, connection.peer().pid(), why);
        connection.send(Answer.deny("malformed", Said.of("door.malformed", why)).bytes());
    }

    /** Of whom it names; where it names nobody, of whoever started that sudo. */
    private void recordMalformed(Frame frame, long invoker, int pid, String why) {
        try {
            Fields fields = Fields.parse(frame.payload());
            String user = fields.one("user");
            long uid = fields.number("uid", 0, 0xffff_ffffL);
            records.malformed(
                    user.length() > QuestionParser.LONGEST_NAME ? "" : user, uid, pid, why);
        } catch (MalformedException e) {
            LOG.debug("nobody is named in it", e);
            records.malformed("", invoker, pid, why);
        }
    }
}
