package io.kepm.policy;

import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.List;

/**
 * How long loading takes, cold and once more, what a set holds in memory, and how far the slowest
 * decisions lie.
 */
final class LoadMeasure {

    private static final int REQUESTS = 4096;
    private static final int ROUNDS = 50;

    private LoadMeasure() {}

    /**
     * Usage: {@code LoadMeasure POLICIES…}, or {@code --kilobytes POLICIES}: how much text that is.
     */
    public static void main(String[] args) {
        if (args[0].equals("--kilobytes")) {
            RuleSet set = new RuleSet(Integer.parseInt(args[1]), 1);
            System.out.println(
                    KepmEngine.texts(set).stream().mapToLong(text -> text.bytes().length).sum()
                            >> 10);
            return;
        }
        for (String size : args) {
            measure(Integer.parseInt(size));
        }
    }

    private static void measure(int size) {
        RuleSet set = new RuleSet(size, REQUESTS);
        List<PolicyText> texts = KepmEngine.texts(set);
        long before = used();
        long start = System.nanoTime();
        PolicySet policies = KepmEngine.load(texts, size);
        long millis = (System.nanoTime() - start) / 1_000_000;
        long held = used() - before;
        start = System.nanoTime();
        KepmEngine.load(texts, size);
        long again = (System.nanoTime() - start) / 1_000_000;
        KepmEngine engine = new KepmEngine(set);
        long[] nanos = new long[REQUESTS * ROUNDS];
        for (int i = 0; i < nanos.length; i++) {
            long from = System.nanoTime();
            engine.allows(i % REQUESTS);
            nanos[i] = System.nanoTime() - from;
        }
        long[] warm = Arrays.copyOfRange(nanos, nanos.length / 2, nanos.length);
        Arrays.sort(warm);
        System.out.printf(
                "%,9d policies: loaded in %,d ms, again in %,d ms, %,d MB held; decisions: median %.1f us, p99 %.1f us%n",
                size,
                millis,
                again,
                held >> 20,
                warm[warm.length / 2] / 1e3,
                warm[warm.length * 99 / 100] / 1e3);
        Reference.reachabilityFence(policies);
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
