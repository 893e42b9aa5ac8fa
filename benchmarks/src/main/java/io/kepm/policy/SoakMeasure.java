package io.kepm.policy;

import java.util.concurrent.TimeUnit;

/**
 * Decisions at a steady rate: how late each answer comes, counted from when it was due, so that a
 * pause of the collector counts for every decision that it held up. Every other second the same
 * loop runs without deciding anything: what comes late there is late by the machine.
 */
final class SoakMeasure {

    private static final int REQUESTS = 4096;
    private static final long BOUND_NANOS = 200_000;

    private SoakMeasure() {}

    /** Usage: {@code SoakMeasure POLICIES DECISIONS_A_SECOND SECONDS}. */
    public static void main(String[] args) {
        int policies = Integer.parseInt(args[0]);
        int rate = Integer.parseInt(args[1]);
        int seconds = Integer.parseInt(args[2]);
        Engine engine = new KepmEngine(new RuleSet(policies, REQUESTS));
        for (int i = 0; i < 2_000_000; i++) {
            engine.allows(i % REQUESTS);
        }
        Lateness deciding = new Lateness();
        Lateness idle = new Lateness();
        for (int s = 0; s < seconds; s++) {
            second(rate, deciding, engine);
            second(rate, idle, ask -> false);
        }
        System.out.printf("%,d policies, %,d decisions/s for %,d s%n", policies, rate, seconds);
        System.out.println("deciding: " + deciding);
        System.out.println("the loop: " + idle);
    }

    private static void second(int rate, Lateness late, Engine engine) {
        long begin = System.nanoTime();
        for (int i = 0; i < rate; i++) {
            long due = begin + i * TimeUnit.SECONDS.toNanos(1) / rate;
            while (System.nanoTime() < due) {
                Thread.onSpinWait();
            }
            engine.allows(i % REQUESTS);
            late.add(System.nanoTime() - due);
        }
    }

    /** How many answers were how late; steps of an eighth of a power of two, in nanoseconds. */
    private static final class Lateness {

        private static final int STEPS = 8;

        private final long[] counts = new long[Long.SIZE * STEPS];
        private long all;
        private long overBound;
        private long latest;

        void add(long nanos) {
            int power = Long.SIZE - 1 - Long.numberOfLeadingZeros(Math.max(STEPS, nanos));
            int step = (int) (nanos >> power - 3) & STEPS - 1;
            counts[power * STEPS + step]++;
            all++;
            overBound += nanos > BOUND_NANOS ? 1 : 0;
            latest = Math.max(latest, nanos);
        }

        /** The upper end of the step that holds this share of all answers, in microseconds. */
        private double micros(double share) {
            long seen = 0;
            int at = 0;
            while (at < counts.length - 1 && (seen += counts[at]) < all * share) {
                at++;
            }
            long low = 1L << at / STEPS;
            return (low + low / STEPS * (at % STEPS + 1)) / 1e3;
        }

        @Override
        public String toString() {
            return String.format(
                    "median %.1f us, p99 %.1f us, p99.9 %.1f us, later than %d us %.2f %%, latest %.1f ms",
                    micros(0.5),
                    micros(0.99),
                    micros(0.999),
                    BOUND_NANOS / 1000,
                    100.0 * overBound / all,
                    latest / 1e6);
        }
    }
}
