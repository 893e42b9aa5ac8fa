package io.kepm.jobs;

import java.time.Duration;
import java.util.Optional;

/**
 * When a job is due: either an interval, or times of a table.
 *
 * @param kind {@code interval}, {@code cron}, {@code runAt}, {@code calendar}
 * @param text for people, and to tell whether it was changed
 * @param runMissed whether it runs once for what was missed; else that is skipped
 */
record Schedule(
        String kind,
        String text,
        Optional<Duration> interval,
        Optional<Timetable> table,
        boolean runMissed) {

    /** What is later than this was missed: the agent was down, suspended, or the clock was set. */
    static final Duration LATE = Duration.ofMinutes(1);
}
