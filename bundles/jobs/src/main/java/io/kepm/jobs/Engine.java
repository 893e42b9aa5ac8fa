package io.kepm.jobs;

import io.kepm.api.jobs.RunState;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns the wheels: one thread, {@code kepm-jobs}, looks each second what is due and every three
 * seconds whether the folder changed; one more, {@code kepm-job-N}, for each run that goes on.
 */
final class Engine {

    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
    private static final long STACK = 512 * 1024;

    private final AtomicInteger numbers = new AtomicInteger();
    private final ScheduledExecutorService clock =
            Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "kepm-jobs"));
    private final ExecutorService threads =
            Executors.newCachedThreadPool(
                    task -> daemon(task, "kepm-job-" + numbers.incrementAndGet()));

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(null, task, name, STACK);
        thread.setDaemon(true);
        return thread;
    }

    ExecutorService threads() {
        return threads;
    }

    /** Begins to look; the first look is at once. */
    void start(Triggers triggers, JobBook book) {
        var unused =
                clock.scheduleWithFixedDelay(() -> guarded(triggers::tick), 0, 1, TimeUnit.SECONDS);
        var unused2 =
                clock.scheduleWithFixedDelay(() -> guarded(book::look), 3, 3, TimeUnit.SECONDS);
    }

    private static void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            // Nothing that happens here may end the looking: nobody would be told.
            LOG.error("the jobs could not be looked at; next try in a moment", e);
        }
    }

    /** Ends all runs, and waits for that a little. */
    void stop(Dispatcher dispatcher) {
        clock.shutdownNow();
        dispatcher.close();
        threads.shutdown();
        try {
            if (!threads.awaitTermination(4, TimeUnit.SECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Does one run to its end. */
    static void run(Run run, RunWork work, Triggers triggers, Dispatcher dispatcher) {
        if (!triggers.mayStillRun(run.job())) {
            dispatcher.over(
                    run, RunState.SKIPPED, "the job was disabled or removed while this run waited");
            return;
        }
        if (!RunWork.isMeant(run)) {
            dispatcher.over(run, RunState.SKIPPED, triggers.alternate(run));
            return;
        }
        RunWork.End end = work.tasks(run);
        dispatcher.over(run, end.state(), end.reason());
    }

    /** Does one try of a task, whatever kind it is. */
    record Doer(ProcessTask process, HttpTask http, Publish publish, BuiltIns builtIns)
            implements RunWork.TaskDoer {
        @Override
        public TaskOutcome once(Run run, Task task, Duration limit) throws InterruptedException {
            if (task.work() instanceof Task.Program one) {
                return process.once(run, one, limit);
            }
            if (task.work() instanceof Task.Http one) {
                return http.once(run, one, limit);
            }
            if (task.work() instanceof Task.Mqtt one) {
                return publish.once(run, one.topic(), one.payload());
            }
            if (task.work() instanceof Task.BuiltIn one) {
                return timed(run, one, limit);
            }
            return TaskOutcome.failed("a kind of task that is not known");
        }

        /** What the agent does itself is stopped by an interrupt. */
        private TaskOutcome timed(Run run, Task.BuiltIn one, Duration limit)
                throws InterruptedException {
            Thread self = Thread.currentThread();
            Alarm alarm = new Alarm(self);
            run.stoppable(alarm::ring);
            Thread watch = daemon(() -> alarm.ringAfter(limit), "kepm-job-alarm");
            watch.start();
            try {
                return builtIns.once(run, one);
            } catch (InterruptedException e) {
                if (!alarm.rang()) {
                    throw e;
                }
                return new TaskOutcome(
                        run.isCancelled() ? RunState.CANCELLED : RunState.TIMED_OUT,
                        Optional.empty(),
                        "not done within " + limit.toSeconds() + " s",
                        "");
            } finally {
                alarm.off();
                watch.interrupt();
            }
        }
    }

    /** Interrupts a thread, unless it is off. */
    private static final class Alarm {
        private final Thread thread;
        private boolean off;
        private boolean rang;

        Alarm(Thread thread) {
            this.thread = thread;
        }

        synchronized void ring() {
            if (!off) {
                rang = true;
                thread.interrupt();
            }
        }

        void ringAfter(Duration limit) {
            try {
                Thread.sleep(limit.toMillis());
                ring();
            } catch (InterruptedException e) {
                // It is off.
                Thread.currentThread().interrupt();
            }
        }

        synchronized boolean rang() {
            return rang;
        }

        synchronized void off() {
            off = true;
            boolean unused = rang && Thread.interrupted();
        }
    }
}
