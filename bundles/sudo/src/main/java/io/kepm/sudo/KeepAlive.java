package io.kepm.sudo;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Tells the plugins that wait that the agent is still there: one thread for all of them. The plugin
 * takes 10 s of silence for a dead agent.
 */
final class KeepAlive implements AutoCloseable {

    private final long everyMillis;
    private final ScheduledThreadPoolExecutor executor;

    KeepAlive(Duration every) {
        everyMillis = every.toMillis();
        executor =
                new ScheduledThreadPoolExecutor(
                        1,
                        work -> {
                            Thread thread = new Thread(null, work, "kepm-sudo-wait", 256 * 1024);
                            thread.setDaemon(true);
                            return thread;
                        });
        executor.setRemoveOnCancelPolicy(true);
    }

    /** Calls again and again until the answer is cancelled or the call throws. */
    Future<?> repeat(Runnable call) {
        return executor.scheduleAtFixedRate(call, everyMillis, everyMillis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
