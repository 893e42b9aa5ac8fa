package io.kepm.audit.export;

import java.time.Duration;
import java.time.Instant;

/**
 * How long to wait after a failure: 1 s, then twice as long each time, up to 60 s. Who works for a
 * minute starts over; who comes and goes does not.
 */
final class Backoff {

    static final Duration SHORTEST = Duration.ofSeconds(1);
    static final Duration LONGEST = Duration.ofSeconds(60);

    private Duration next = SHORTEST;
    private Instant failed = Instant.MIN;
    private Duration waited = Duration.ZERO;

    /** The pause after this failure. */
    Duration failed(Instant now) {
        if (failed.isBefore(now.minus(waited).minus(LONGEST))) {
            next = SHORTEST;
        }
        failed = now;
        waited = next;
        Duration twice = next.multipliedBy(2);
        next = twice.compareTo(LONGEST) > 0 ? LONGEST : twice;
        return waited;
    }
}
