package io.kepm.policy;

import java.util.Arrays;

/**
 * Decisions at a steady rate: how late each answer comes, counted from when it was due, so that a
 * pause of the collector counts for every decision that it held up.
 */
final class SoakMeasure {

    private static final int REQUESTS = 4096;

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
        int[] second = new int[rate];
        long worstOfSeconds = 0;
        long[] medians = new long[seconds];
        long[] tails = new long[seconds];
        long begin = System.nanoTime();
        for (int s = 0; s < seconds; s++) {
            for (int i = 0; i < rate; i++) {
                long due = begin + s * 1_000_000_000L + i * 1_000_000_000L / rate;
                while (System.nanoTime() < due) {
                    Thread.onSpinWait();
                }
                engine.allows(i % REQUESTS);
                second[i] = (int) Math.min(Integer.MAX_VALUE, System.nanoTime() - due);
            }
            Arrays.sort(second);
            medians[s] = second[rate / 2];
            tails[s] = second[rate - rate / 100 - 1];
            worstOfSeconds = Math.max(worstOfSeconds, second[rate - 1]);
        }
        Arrays.sort(medians);
        Arrays.sort(tails);
        System.out.printf(
                "%,d policies, %,d decisions/s for %,d s: median %.1f us; p99 of a second: median %.1f us,"
                        + " worst %.1f us; latest answer %.1f ms%n",
                policies,
                rate,
                seconds,
                medians[seconds / 2] / 1e3,
                tails[seconds / 2] / 1e3,
                tails[seconds - 1] / 1e3,
                worstOfSeconds / 1e6);
    }
}
