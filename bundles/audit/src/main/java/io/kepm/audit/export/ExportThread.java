package io.kepm.audit.export;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The daemon thread of one export. A bell wakes it while it has nothing to do; while the export
 * fails, only time does.
 */
final class ExportThread {

    /** Records that come close to each other are delivered together. */
    private static final Duration GATHER = Duration.ofMillis(50);

    private final Exporter exporter;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean rung;

    ExportThread(Exporter exporter, int number) {
        this.exporter = exporter;
        this.thread = new Thread(this::run, "kepm-audit-export-" + number);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** There are new records; never blocks. */
    void wake() {
        rung = true;
        LockSupport.unpark(thread);
    }

    private void run() {
        boolean on = true;
        while (on) {
            rung = false;
            Duration pause = exporter.round();
            if (exporter.isFailing()) {
                on = !stopsWithin(pause);
            } else if (pause.isZero()) {
                on = !stopsWithin(Duration.ZERO);
            } else {
                on = !stopsWithin(GATHER);
                if (on && !rung) {
                    LockSupport.parkNanos(this, pause.toNanos());
                    on = !stopsWithin(Duration.ZERO);
                }
            }
        }
        exporter.end();
    }

    private boolean stopsWithin(Duration pause) {
        try {
            return stopping.await(pause.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            // Nobody but a stopping framework does that.
            return true;
        }
    }

    /** What somebody should know; empty when all is well. */
    String complaint() {
        return thread.isAlive() || stopping.getCount() == 0
                ? exporter.complaint()
                : "its thread ended, see the log; restart the agent: " + thread.getName();
    }

    /** Tells it to end. */
    void stop() {
        stopping.countDown();
        exporter.interrupt();
        LockSupport.unpark(thread);
    }

    /** Waits for its end; one that hangs in the system is left behind, it is a daemon. */
    void join(Duration longest) {
        try {
            thread.join(Math.max(1, longest.toMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
