package io.kepm.plugins;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does the same for several plugins at once, at most eight, and waits until all of it is done. */
final class Together {

    private static final Logger LOG = LoggerFactory.getLogger(Together.class);

    private Together() {}

    static void each(List<Unit> some, Consumer<Unit> work) {
        if (some.isEmpty()) {
            return;
        }
        ExecutorService threads =
                Executors.newFixedThreadPool(
                        Math.min(8, some.size()), task -> new Thread(task, "kepm-plugins-work"));
        try {
            List<Future<?>> running = new ArrayList<>();
            some.forEach(unit -> running.add(threads.submit(() -> work.accept(unit))));
            for (Future<?> each : running) {
                each.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            LOG.error("a plugin could not be looked after", e);
        } finally {
            threads.shutdown();
        }
    }
}
