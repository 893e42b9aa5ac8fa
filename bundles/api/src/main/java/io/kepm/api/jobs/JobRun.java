package io.kepm.api.jobs;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One run of a job. What a task wrote is text from outside.
 *
 * @param id a UUID that grows with time
 * @param trigger {@code interval}, {@code cron}, {@code runAt}, {@code calendar}, {@code
 *     event:NAME}, {@code manual}, {@code job:ID}
 * @param by who asked for it; empty when nobody did
 * @param due when it was due or asked for
 * @param reason why it ended so; empty when it succeeded
 */
public record JobRun(
        String id,
        String jobId,
        RunState state,
        String trigger,
        String by,
        Instant due,
        Optional<Instant> started,
        Optional<Instant> ended,
        String reason,
        List<TaskRun> tasks) {

    public JobRun {
        tasks = List.copyOf(tasks);
    }

    /**
     * One task of it.
     *
     * @param attempts how often it was tried
     * @param exitCode of a process; empty when there was none, or it did not end by itself
     * @param output the last of what it wrote, 64 KiB of the whole run at most
     */
    public record TaskRun(
            String id,
            RunState state,
            int attempts,
            Optional<Integer> exitCode,
            String reason,
            String output) {}
}
