package io.kepm.api.jobs;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One job in a list.
 *
 * @param triggers for people, such as {@code cron 0 3 * * * (UTC)}, {@code event Startup}
 * @param faults why the document is not used; empty when it is
 * @param next when it is due next; empty when no time is known
 */
public record JobStatus(
        String id,
        String name,
        String description,
        boolean enabled,
        boolean forThisSystem,
        int priority,
        List<String> triggers,
        int running,
        int queued,
        Optional<Instant> next,
        Optional<JobRun> last,
        List<JobFault> faults) {

    public JobStatus {
        triggers = List.copyOf(triggers);
        faults = List.copyOf(faults);
    }
}
