package io.kepm.audit.log;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Looks after old files soon after the start and then each hour, on a thread of its own. */
final class Housekeeping {

    private static final long FIRST_SECONDS = 60;
    private static final long EACH_SECONDS = 3600;

    private final OldLogs logs;
    private final Consumer<String> faults;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(
                    run -> {
                        Thread made = new Thread(run, "log-files");
                        made.setDaemon(true);
                        return made;
                    });

    Housekeeping(OldLogs logs, Consumer<String> faults) {
        this.logs = logs;
        this.faults = faults;
    }

    void start() {
        var unused =
                thread.scheduleWithFixedDelay(
                        this::run, FIRST_SECONDS, EACH_SECONDS, TimeUnit.SECONDS);
    }

    /** A compression that is under way is broken off; its unfinished file goes the next time. */
    void close() {
        thread.shutdownNow();
    }

    /**
     * Looks after them now.
     *
     * @return what could not be done
     */
    List<String> now() throws InterruptedException, ExecutionException {
        return thread.submit(logs::run).get();
    }

    private void run() {
        try {
            logs.run().forEach(faults);
        } catch (RuntimeException e) {
            faults.accept("old files of the log: " + e);
        }
    }
}
