package io.kepm.audit.export;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Ends what takes too long. A write to a socket has no limit of its own in Java: a peer that takes
 * nothing would hold its export for ever. One daemon thread for all exports.
 */
final class TimeLimit implements AutoCloseable {

    /** Seconds to reach a peer, and for it to answer. */
    static final Duration ANSWER = Duration.ofSeconds(10);

    /** For a whole batch to leave. */
    static final Duration BATCH = Duration.ofSeconds(30);

    private final ScheduledThreadPoolExecutor clock;

    TimeLimit() {
        clock =
                new ScheduledThreadPoolExecutor(
                        1,
                        task -> {
                            Thread thread = new Thread(task, "kepm-audit-export-limit");
                            thread.setDaemon(true);
                            return thread;
                        });
        clock.setRemoveOnCancelPolicy(true);
    }

    /** What runs against the clock until it is closed. */
    interface Running {
        void close();
    }

    /**
     * Starts the clock.
     *
     * @param end run on the clock's own thread when time is up; must not block
     */
    Running start(Duration limit, Runnable end) {
        Future<?> future = clock.schedule(end, limit.toMillis(), TimeUnit.MILLISECONDS);
        return () -> future.cancel(false);
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
