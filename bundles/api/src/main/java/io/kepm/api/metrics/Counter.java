package io.kepm.api.metrics;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what happens, kind by kind. The kinds are the constants of an enum, so that nothing from
 * outside ever becomes a label. Safe for use by many threads, none of which waits for another;
 * counting takes some nanoseconds and no memory.
 */
public final class Counter<K extends Enum<K>> {

    private final Map<K, LongAdder> counts;

    /** Begins at zero for each kind, so that a kind is there before it happens. */
    public Counter(Class<K> kinds) {
        counts = new EnumMap<>(kinds);
        for (K kind : kinds.getEnumConstants()) {
            counts.put(kind, new LongAdder());
        }
    }

    /** One more of this kind. */
    public void add(K kind) {
        of(kind).increment();
    }

    /** How many of this kind there were. */
    public long count(K kind) {
        return of(kind).sum();
    }

    private LongAdder of(K kind) {
        return Objects.requireNonNull(counts.get(kind));
    }

    /**
     * The counts as one metric.
     *
     * @param label its values are the kinds' own words ({@link Enum#toString}) in lower case
     */
    public Metric metric(String name, String help, String label) {
        List<Metric.Sample> samples = new ArrayList<>();
        counts.forEach(
                (kind, count) -> {
                    String word = kind.toString().toLowerCase(Locale.ROOT);
                    samples.add(Metric.Sample.of(label, word, count.doubleValue()));
                });
        return new Metric(name, Metric.Kind.COUNTER, help, samples);
    }
}
