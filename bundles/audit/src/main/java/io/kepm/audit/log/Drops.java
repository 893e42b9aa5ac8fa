package io.kepm.audit.log;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts lines that were dropped at one place, and says so once a minute. Safe for many threads.
 */
final class Drops {

    private static final Duration PAUSE = Duration.ofMinutes(1);

    private final String why;
    private final AtomicLong count = new AtomicLong();
    private final AtomicLong total = new AtomicLong();
    private Instant next = Instant.MIN;

    Drops(String why) {
        this.why = why;
    }

    void add(long lines) {
        count.addAndGet(lines);
        total.addAndGet(lines);
    }

    /** All of them since the start. */
    long total() {
        return total.get();
    }

    /** What there is to say now; counts from zero again once it is said. */
    synchronized Optional<String> toSay(Instant now) {
        if (count.get() == 0 || now.isBefore(next)) {
            return Optional.empty();
        }
        next = now.plus(PAUSE);
        return Optional.of(count.getAndSet(0) + " lines were dropped: " + why);
    }
}
