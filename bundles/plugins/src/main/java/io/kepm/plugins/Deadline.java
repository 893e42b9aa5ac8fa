package io.kepm.plugins;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs foreign code on a thread of its own, and waits only so long. A thread that hangs can't be
 * ended in one JVM: it is interrupted, left alone, and named in the error.
 */
final class Deadline {

    private Deadline() {}

    /** What was waited for did not come in time. */
    static final class Passed extends Exception {
        Passed(String message) {
            super(message);
        }
    }

    static <T> T call(String name, Duration limit, Callable<T> work)
            throws Passed, ExecutionException {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = new Thread(task, "kepm-plugin-" + name);
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            StackTraceElement[] stack = thread.getStackTrace();
            task.cancel(true);
            throw new Passed(
                    "no end within "
                            + limit.toSeconds()
                            + " s"
                            + (stack.length == 0 ? "" : ", in " + stack[0]));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            task.cancel(true);
            throw new Passed("the agent is stopping");
        }
    }
}
