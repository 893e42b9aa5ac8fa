package io.kepm.jobs;

import java.time.Instant;

/** The two clocks of a machine; tests turn them. */
interface Times {

    /** The clock on the wall, which can be set. */
    Instant now();

    /** Time since the machine started, suspended time included; nobody can set it. */
    long sinceBootMillis();

    /** Both clocks as they are now; reading them again costs nothing. */
    default Times stopped() {
        return new Stopped(now(), sinceBootMillis());
    }

    /** Clocks that stand still. */
    record Stopped(Instant now, long sinceBootMillis) implements Times {}
}
