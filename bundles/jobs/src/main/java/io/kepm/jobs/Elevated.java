package io.kepm.jobs;

import io.kepm.api.elevation.Conversation;
import io.kepm.api.elevation.LaunchAnswer;
import io.kepm.api.elevation.LaunchDecision;
import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.linux.Launcher;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The one launch decision, as a job asks it: for a user, without anybody to be asked back. */
final class Elevated {

    private final LaunchDecision decision;

    Elevated(LaunchDecision decision) {
        this.decision = decision;
    }

    private static final Conversation NOBODY =
            new Conversation() {
                @Override
                public Optional<String> ask(String id, String text, boolean echo) {
                    return Optional.empty();
                }

                @Override
                public void tell(String text) {}
            };

    LaunchAnswer ask(Run run, Person asker, Path program, List<String> argv) {
        return decision.decide(
                LaunchRequest.by("job", asker.name(), asker.user().uid(), program.toString(), argv)
                        .descriptorNote("asked by job `" + run.job().id() + "`")
                        .reason("run " + run.id() + " of job " + run.job().id())
                        .build(),
                NOBODY);
    }

    /** Why it may not run; an own right of sudo is none here. */
    static String refusal(LaunchAnswer answer) {
        return answer instanceof LaunchAnswer.Refuse refused
                ? refused.message()
                : "no policy allows this user to run it elevated";
    }

    /**
     * INVARIANT: the right is bound to its process, on disk, before anything of it runs.
     *
     * @throws IOException when it is taken back already
     */
    void binds(String grantId, Launcher.Identity process) throws IOException {
        if (!decision.started(grantId, process.pid(), process.startTicks())) {
            throw new IOException("its right ended before it began");
        }
    }

    void ended(String grantId, TaskOutcome outcome, long begunNanos) {
        decision.ended(
                grantId,
                outcome.exitCode().isPresent() ? "exit" : "error",
                outcome.exitCode().orElse(1),
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begunNanos));
    }
}
