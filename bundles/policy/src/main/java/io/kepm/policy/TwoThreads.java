package io.kepm.policy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/** Many like things done by the caller and, when it is worth it, by one more thread. */
final class TwoThreads {

    private TwoThreads() {}

    /**
     * Does each of the things numbered from 0, in no order. All that was done is visible to the
     * caller afterwards.
     *
     * @throws RuntimeException whatever one of them threw, or around it
     */
    static void each(int count, boolean many, IntConsumer thing) {
        AtomicInteger next = new AtomicInteger();
        Runnable work =
                () -> {
                    for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                        thing.accept(i);
                    }
                };
        CompletableFuture<Void> second =
                many
                        ? CompletableFuture.runAsync(work, TwoThreads::start)
                        : CompletableFuture.completedFuture(null);
        work.run();
        second.join();
    }

    /** It ends when nothing is left to do. */
    private static void start(Runnable work) {
        Thread thread = new Thread(work, "kepm-policy-reader");
        thread.setDaemon(true);
        thread.start();
    }
}
