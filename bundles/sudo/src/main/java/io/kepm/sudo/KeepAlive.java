package io.kepm.sudo;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the plugins that wait that the agent is still there: one beat for all of them, so that a
 * short conversation wakes no thread. The plugin takes 10 s of silence for a dead agent.
 */
final class KeepAlive implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KeepAlive.class);

    private final Set<Runnable> waiting = ConcurrentHashMap.newKeySet();
    private final ScheduledThreadPoolExecutor executor =
            new ScheduledThreadPoolExecutor(1, KeepAlive::thread);

    KeepAlive(Duration every) {
        var unused =
                executor.scheduleAtFixedRate(
                        this::beat, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(null, work, "kepm-sudo-wait", 256 * 1024);
        thread.setDaemon(true);
        return thread;
    }

    void beat() {
        for (Runnable one : waiting) {
            try {
                one.run();
            } catch (RuntimeException e) {
                LOG.warn("a plugin was not told that the agent is alive", e);
            }
        }
    }

    /** Runs at every beat, the first within one period, until {@link #stop}. */
    void start(Runnable one) {
        waiting.add(one);
    }

    void stop(Runnable one) {
        waiting.remove(one);
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
