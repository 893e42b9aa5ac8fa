package io.kepm.policy;

import io.kepm.api.policy.SourceLimits.Source;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The sources that are known, a bounded number. One is forgotten only when that changes nothing for
 * it, so that nobody gets rid of an open circuit by crowding the table. When it is full of others,
 * those who come new share one place among themselves. Safe for use by many threads.
 */
final class SourceTable {

    /** The one source of all who found no place. */
    private static final Source OTHERS = new Source("", -1);

    private static final long BETWEEN_SWEEPS = 1_000_000_000L;

    private final int most;
    private final Supplier<LimitedSource.Bounds> bounds;
    private final LongSupplier nanos;
    private final Map<Source, LimitedSource> sources = new ConcurrentHashMap<>();

    // Guarded by this.
    private long lastSweep;

    SourceTable(int most, Supplier<LimitedSource.Bounds> bounds, LongSupplier nanos) {
        this.most = most;
        this.bounds = bounds;
        this.nanos = nanos;
        lastSweep = nanos.getAsLong() - BETWEEN_SWEEPS;
    }

    LimitedSource of(Source source) {
        LimitedSource known = sources.get(source);
        return known != null ? known : added(source);
    }

    private synchronized LimitedSource added(Source source) {
        if (sources.size() >= most) {
            sweep();
        }
        Source place = sources.size() >= most ? OTHERS : source;
        return sources.computeIfAbsent(place, s -> new LimitedSource(bounds));
    }

    private void sweep() {
        long now = nanos.getAsLong();
        if (now - lastSweep >= BETWEEN_SWEEPS) {
            lastSweep = now;
            sources.values().removeIf(source -> source.isIdle(now));
        }
    }

    int count() {
        return sources.size();
    }

    /** How many of them have an open circuit. */
    long cutOff(long now) {
        return sources.values().stream().filter(source -> source.closedIn(now) > 0).count();
    }

    void forEach(BiConsumer<Source, LimitedSource> each) {
        sources.forEach(each);
    }
}
