package io.kepm.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Optional;

/**
 * That a job shall run.
 *
 * @param trigger as {@link io.kepm.api.jobs.JobRun} has it
 * @param by who asked for it; empty when nobody did
 * @param context what the run begins with, parameters included
 * @param depth how many jobs asked for one another before it
 * @param approval the request that waits, when the agent itself said so; such a run may answer it
 * @param user for whom it is, when a plugin says so; the uid of an account that is not root
 * @param from up to where the times of its schedule are taken by it; empty when no time was due
 * @param missed whether its time was missed
 */
record Ask(
        JobDocument job,
        String trigger,
        String by,
        Instant due,
        ObjectNode context,
        int depth,
        Optional<String> approval,
        Optional<Long> user,
        Optional<Instant> from,
        boolean missed) {

    /** Jobs that ask for one another, at most. */
    static final int DEEPEST = 5;

    boolean isScheduled() {
        return from.isPresent();
    }

    /** The same for another job, which has its own parameters. */
    Ask instead(JobDocument other) {
        ObjectNode values = Given.of(other, java.util.Map.of()).values();
        return new Ask(
                other,
                "job:" + job.id(),
                by,
                due,
                Triggers.begun(context.deepCopy(), other, values),
                depth + 1,
                approval,
                user,
                Optional.empty(),
                false);
    }
}
