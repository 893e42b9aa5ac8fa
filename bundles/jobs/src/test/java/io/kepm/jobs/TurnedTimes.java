package io.kepm.jobs;

import java.time.Duration;
import java.time.Instant;

/** Clocks that a test turns. */
final class TurnedTimes implements Times {

    volatile Instant now = Instant.parse("2026-11-26T05:00:00Z");
    volatile long boot = 1_000_000;

    @Override
    public Instant now() {
        return now;
    }

    @Override
    public long sinceBootMillis() {
        return boot;
    }

    /** Time passes, on both clocks. */
    void pass(Duration time) {
        now = now.plus(time);
        boot += time.toMillis();
    }

    /** Somebody sets the clock on the wall. */
    void set(Instant to) {
        now = to;
    }
}
