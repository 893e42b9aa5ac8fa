package io.kepm.policy;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;

/**
 * How much longer a decision takes among many policies than among few: sets of several sizes in
 * turns in one JVM, by the processor time of the thread, so that others on the machine count for
 * less than they do by the clock.
 */
final class FlatMeasure {

    private static final int REQUESTS = 4096;
    private static final int TURN = 10 * REQUESTS;
    private static final int WARM = 10;
    private static final int ROUNDS = 25;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private FlatMeasure() {}

    /** Usage: {@code FlatMeasure POLICIES…}; each is compared with the first. */
    public static void main(String[] args) {
        int[] sizes = Arrays.stream(args).mapToInt(Integer::parseInt).toArray();
        Engine[] engines =
                Arrays.stream(sizes)
                        .mapToObj(size -> new KepmEngine(new RuleSet(size, REQUESTS)))
                        .toArray(Engine[]::new);
        double[][] micros = new double[sizes.length][ROUNDS];
        for (int round = -WARM; round < ROUNDS; round++) {
            for (int i = 0; i < sizes.length; i++) {
                turn(engines[i], REQUESTS);
                double one = turn(engines[i], TURN);
                if (round >= 0) {
                    micros[i][round] = one;
                }
            }
        }
        double first = median(micros[0]);
        for (int i = 0; i < sizes.length; i++) {
            System.out.printf(
                    "%,9d policies: median %.2f us (quickest %.2f), %.2f times the first%n",
                    sizes[i], median(micros[i]), micros[i][0], median(micros[i]) / first);
        }
    }

    /** Microseconds of a decision. */
    private static double turn(Engine engine, int decisions) {
        int allowed = 0;
        long begin = THREADS.getCurrentThreadCpuTime();
        for (int i = 0; i < decisions; i++) {
            allowed += engine.allows(i % REQUESTS) ? 1 : 0;
        }
        long nanos = THREADS.getCurrentThreadCpuTime() - begin;
        if (allowed == 0 || allowed == decisions) {
            throw new IllegalStateException("requests that all have one answer measure nothing");
        }
        return nanos / 1e3 / decisions;
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }
}
