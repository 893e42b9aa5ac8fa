package io.kepm.https;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How often one user may read what only administrators may: each look is on record, and nobody who
 * may but read is to fill the audit with looks, until older records have to go. Safe for use by
 * many threads.
 */
final class LookPace {

    /** Looks of one user within a minute; with pages of 500 that is 60,000 records. */
    static final int MOST = 120;

    private static final long WINDOW = TimeUnit.MINUTES.toNanos(1);

    private final LongSupplier nanos;
    private final Map<Long, Integer> looks = new HashMap<>();
    private long start;

    /**
     * @param nanos as {@link System#nanoTime}
     */
    LookPace(LongSupplier nanos) {
        this.nanos = nanos;
        this.start = nanos.getAsLong();
    }

    /** Takes a look; after how many seconds to come again when there were too many. */
    synchronized OptionalLong take(long uid) {
        long now = nanos.getAsLong();
        if (now - start >= WINDOW) {
            looks.clear();
            start = now;
        }
        return looks.merge(uid, 1, Integer::sum) <= MOST
                ? OptionalLong.empty()
                : OptionalLong.of(TimeUnit.NANOSECONDS.toSeconds(start + WINDOW - now) + 1);
    }
}
