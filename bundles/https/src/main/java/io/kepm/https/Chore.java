package io.kepm.https;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread that does the same thing again and again until it is closed. */
final class Chore implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Chore.class);

    private final Duration pause;
    private final Runnable task;
    private final Thread thread;

    private Chore(String name, Duration pause, Runnable task) {
        this.pause = pause;
        this.task = task;
        thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    /** Begins at once, on a thread of its own. */
    static Chore start(String name, Duration pause, Runnable task) {
        Chore chore = new Chore(name, pause, task);
        chore.thread.start();
        return chore;
    }

    /** Waits until it has ended. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(5).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                once();
                Thread.sleep(pause.toMillis());
            }
        } catch (InterruptedException e) {
            // Closed.
            Thread.currentThread().interrupt();
        }
    }

    private void once() {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("{} failed", thread.getName(), e);
        }
    }
}
