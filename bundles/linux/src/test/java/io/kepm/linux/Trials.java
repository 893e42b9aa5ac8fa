package io.kepm.linux;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for what has to happen. */
final class Trials {

    private Trials() {}

    static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("it did not happen within 60 s");
            }
            Thread.sleep(10);
        }
    }
}
