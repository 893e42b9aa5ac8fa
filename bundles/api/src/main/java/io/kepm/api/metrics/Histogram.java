package io.kepm.api.metrics;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * How long things took, in fixed buckets. Safe for use by many threads, none of which waits for
 * another; noting one takes some nanoseconds and no memory. What is read meanwhile may lack the
 * last of them in its sum.
 */
public final class Histogram {

    /** From what a decision takes without a disk to the longest that a caller waits for one. */
    private static final long[] BOUNDS_MICROS = {
        500,
        1_000,
        2_500,
        5_000,
        10_000,
        25_000,
        50_000,
        100_000,
        250_000,
        500_000,
        1_000_000,
        2_500_000,
        5_000_000,
        10_000_000,
        30_000_000
    };

    private static final double NANOS = 1e9;

    /** The last one is for what is longer than every bound. */
    private final LongAdder[] buckets = new LongAdder[BOUNDS_MICROS.length + 1];

    private final LongAdder nanos = new LongAdder();

    /** Begins empty. */
    public Histogram() {
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] = new LongAdder();
        }
    }

    /** Notes that something took so long; what a clock says to be less than nothing is nothing. */
    public void observe(long tookNanos) {
        long took = Math.max(0, tookNanos);
        int bucket = 0;
        while (bucket < BOUNDS_MICROS.length && took > BOUNDS_MICROS[bucket] * 1_000) {
            bucket++;
        }
        buckets[bucket].increment();
        nanos.add(took);
    }

    /** All of it as one metric, in seconds. */
    public Metric metric(String name, String help) {
        List<Metric.Sample> samples = new ArrayList<>();
        long count = 0;
        for (int i = 0; i < buckets.length; i++) {
            count += buckets[i].sum();
            samples.add(new Metric.Sample("_bucket", Map.of("le", bound(i)), count));
        }
        samples.add(new Metric.Sample("_sum", Map.of(), nanos.sum() / NANOS));
        samples.add(new Metric.Sample("_count", Map.of(), count));
        return new Metric(name, Metric.Kind.HISTOGRAM, help, samples);
    }

    private static String bound(int bucket) {
        return bucket == BOUNDS_MICROS.length
                ? "+Inf"
                : BigDecimal.valueOf(BOUNDS_MICROS[bucket], 6).stripTrailingZeros().toPlainString();
    }
}
