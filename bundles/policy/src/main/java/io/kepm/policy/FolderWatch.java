package io.kepm.policy;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that looks at the policy folder once in a while: {@code kepm-policy-folder}. */
final class FolderWatch {

    private static final Logger LOG = LoggerFactory.getLogger(FolderWatch.class);
    private static final long PATIENCE_MILLIS = 2_000;

    private final Thread thread;

    FolderWatch(Runnable look, Duration pause) {
        thread = new Thread(() -> run(look, pause), "kepm-policy-folder");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    void stop() {
        thread.interrupt();
        try {
            thread.join(PATIENCE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void run(Runnable look, Duration pause) {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                Thread.sleep(pause.toMillis());
                look.run();
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.error("the policy folder could not be looked at; the set in force stays", e);
            }
        }
    }
}
