package io.kepm.jobs;

import io.kepm.api.jobs.JobRun;
import io.kepm.api.jobs.RunState;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Does one run: its tasks in order, each with its conditions, tries and time. */
final class RunWork {

    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

    private final TaskDoer doer;
    private final PluginFlags flags;
    private final Progress progress;
    private final Times times;

    /** Does one try of one task. */
    @FunctionalInterface
    interface TaskDoer {
        /**
         * Does it, and comes back when nothing of it goes on any more.
         *
         * @param limit how long it may take
         */
        TaskOutcome once(Run run, Task task, Duration limit) throws InterruptedException;
    }

    /** Settings of plugins. */
    @FunctionalInterface
    interface PluginFlags {
        /** Empty when nobody can say. */
        Optional<Boolean> flag(String plugin, String setting);
    }

    RunWork(TaskDoer doer, PluginFlags flags, Progress progress, Times times) {
        this.doer = doer;
        this.flags = flags;
        this.progress = progress;
        this.times = times;
    }

    /** How a run ended. */
    record End(RunState state, String reason) {}

    /** Whether its condition holds; else it is not for {@link #tasks}. */
    static boolean isMeant(Run run) {
        return run.job().condition().map(one -> one.holds(run.context())).orElse(true);
    }

    End tasks(Run run) {
        long end = System.nanoTime() + run.job().deadline().toNanos();
        try {
            for (Task task : run.job().tasks()) {
                Optional<End> broken = task(run, task, end);
                if (broken.isPresent()) {
                    return broken.get();
                }
            }
            return run.isCancelled() ? cancelled(run) : new End(RunState.SUCCEEDED, "");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new End(RunState.CANCELLED, "the agent is stopping");
        }
    }

    private Optional<End> task(Run run, Task task, long end) throws InterruptedException {
        if (run.isCancelled()) {
            return Optional.of(cancelled(run));
        }
        if (left(end).isNegative()) {
            return Optional.of(pastDeadline(run));
        }
        Optional<JobRun.TaskRun> left = leftOut(run, task);
        if (left.isPresent()) {
            told(run, left.get());
            return left.get().state() == RunState.SKIPPED || task.continueOnFailure()
                    ? Optional.empty()
                    : Optional.of(new End(RunState.FAILED, at(task, left.get().reason())));
        }
        TaskOutcome outcome = tries(run, task, end);
        if (run.isCancelled()) {
            return Optional.of(cancelled(run));
        }
        if (outcome.state() == RunState.SUCCEEDED || task.continueOnFailure()) {
            return left(end).isNegative() && outcome.state() == RunState.TIMED_OUT
                    ? Optional.of(pastDeadline(run))
                    : Optional.empty();
        }
        return Optional.of(new End(outcome.state(), at(task, outcome.reason())));
    }

    private Optional<JobRun.TaskRun> leftOut(Run run, Task task) {
        if (!task.condition().map(one -> one.holds(run.context())).orElse(true)) {
            return Optional.of(skipped(task, "its condition does not hold"));
        }
        if (task.setting().isEmpty()) {
            return Optional.empty();
        }
        Optional<Boolean> flag = flags.flag(task.plugin(), task.setting());
        if (flag.isEmpty()) {
            return Optional.of(
                    new JobRun.TaskRun(
                            task.id(),
                            RunState.FAILED,
                            0,
                            Optional.empty(),
                            "the setting `"
                                    + task.setting()
                                    + "` of `"
                                    + task.plugin()
                                    + "` can't be read as true or false",
                            ""));
        }
        return flag.get()
                ? Optional.empty()
                : Optional.of(
                        skipped(task, "`" + task.plugin() + "/" + task.setting() + "` is false"));
    }

    private static JobRun.TaskRun skipped(Task task, String reason) {
        return new JobRun.TaskRun(task.id(), RunState.SKIPPED, 0, Optional.empty(), reason, "");
    }

    private TaskOutcome tries(Run run, Task task, long end) throws InterruptedException {
        Duration pause = task.backoff();
        for (int attempt = 1; ; attempt++) {
            told(
                    run,
                    new JobRun.TaskRun(
                            task.id(), RunState.RUNNING, attempt, Optional.empty(), "", ""));
            Duration limit = left(end).compareTo(task.timeout()) < 0 ? left(end) : task.timeout();
            TaskOutcome outcome = merged(run, task, once(run, task, limit));
            told(
                    run,
                    new JobRun.TaskRun(
                            task.id(),
                            run.isCancelled() ? RunState.CANCELLED : outcome.state(),
                            attempt,
                            outcome.exitCode(),
                            outcome.reason(),
                            outcome.written()));
            boolean again =
                    outcome.state() != RunState.SUCCEEDED
                            && attempt <= task.retries()
                            && !run.isCancelled()
                            && left(end).compareTo(pause) > 0;
            if (!again) {
                return outcome;
            }
            pause(run, pause);
            if (run.isCancelled()) {
                return outcome;
            }
            Duration twice = pause.multipliedBy(2);
            pause = twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
        }
    }

    private TaskOutcome once(Run run, Task task, Duration limit) throws InterruptedException {
        try {
            return doer.once(run, task, limit);
        } finally {
            run.stoppable(() -> {});
        }
    }

    private static TaskOutcome merged(Run run, Task task, TaskOutcome outcome) {
        if (!task.mergeOutput() || outcome.state() != RunState.SUCCEEDED) {
            return outcome;
        }
        try {
            run.context().merge(outcome.output());
            return outcome;
        } catch (JsonText.Unreadable | Context.NoValue e) {
            return new TaskOutcome(
                    RunState.FAILED,
                    outcome.exitCode(),
                    "its output does not go into the context: " + e.getMessage(),
                    outcome.output(),
                    outcome.errors());
        }
    }

    /** Waits, unless it is cancelled meanwhile. */
    private static void pause(Run run, Duration time) throws InterruptedException {
        CountDownLatch cancelled = new CountDownLatch(1);
        run.stoppable(cancelled::countDown);
        boolean unused = cancelled.await(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void told(Run run, JobRun.TaskRun task) {
        run.task(task);
        progress.task(run.shown(), task, times.now());
    }

    private static Duration left(long end) {
        return Duration.ofNanos(end - System.nanoTime());
    }

    private static String at(Task task, String reason) {
        return "task `" + task.id() + "`: " + reason;
    }

    private static End cancelled(Run run) {
        return new End(RunState.CANCELLED, "cancelled by " + run.cancelledBy());
    }

    private static End pastDeadline(Run run) {
        return new End(
                RunState.TIMED_OUT,
                "not done within " + run.job().deadline().toSeconds() + " s (deadlineSeconds)");
    }
}
