package io.kepm.trust;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for what has to happen. */
final class Waiting {

    private Waiting() {}

    static void until(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("it did not happen within 60 s");
            }
            Thread.sleep(10);
        }
    }
}
