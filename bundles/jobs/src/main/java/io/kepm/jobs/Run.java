package io.kepm.jobs;

import io.kepm.api.jobs.JobRun;
import io.kepm.api.jobs.RunState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One run while it is there. Its own thread moves it on; any thread may look at it or cancel it.
 * INVARIANT: the output of all tasks together is at most {@link Tail#KEPT} characters.
 */
final class Run {

    static final int LONGEST_REASON = 2000;

    private final String id;
    private final Ask ask;
    private final Context context;
    private final long weight;
    private RunState state = RunState.QUEUED;
    private Optional<Instant> started = Optional.empty();
    private Optional<Instant> ended = Optional.empty();
    private String reason = "";
    private final List<JobRun.TaskRun> tasks = new ArrayList<>();
    private String cancelledBy = "";
    private Runnable stop = () -> {};

    Run(String id, Ask ask, Context context) {
        this.id = id;
        this.ask = ask;
        this.context = context;
        this.weight = Context.weight(ask.context());
    }

    /** About how many bytes of memory it takes with what it began with. */
    long weight() {
        return weight;
    }

    String id() {
        return id;
    }

    JobDocument job() {
        return ask.job();
    }

    Ask ask() {
        return ask;
    }

    /** For its own thread alone. */
    Context context() {
        return context;
    }

    /** A reason is for people, and has to fit into its record. */
    private static String cut(String reason) {
        return reason.length() > LONGEST_REASON
                ? reason.substring(0, LONGEST_REASON) + "…"
                : reason;
    }

    synchronized void begin(Instant now) {
        state = RunState.RUNNING;
        started = Optional.of(now);
    }

    synchronized void end(RunState last, String why, Instant now) {
        state = last;
        reason = cut(why);
        ended = Optional.of(now);
    }

    /** Puts a task at the end, or in the place of what it was before. */
    synchronized void task(JobRun.TaskRun told) {
        JobRun.TaskRun task =
                new JobRun.TaskRun(
                        told.id(),
                        told.state(),
                        told.attempts(),
                        told.exitCode(),
                        cut(told.reason()),
                        told.output());
        tasks.removeIf(each -> each.id().equals(task.id()));
        tasks.add(task);
        int room = Tail.KEPT;
        for (int i = tasks.size() - 1; i >= 0; i--) {
            JobRun.TaskRun each = tasks.get(i);
            String kept =
                    each.output().length() <= room
                            ? each.output()
                            : each.output().substring(each.output().length() - room);
            room -= kept.length();
            tasks.set(
                    i,
                    new JobRun.TaskRun(
                            each.id(),
                            each.state(),
                            each.attempts(),
                            each.exitCode(),
                            each.reason(),
                            kept));
        }
    }

    synchronized boolean isOver() {
        return state.isFinal();
    }

    synchronized JobRun shown() {
        return new JobRun(
                id,
                ask.job().id(),
                state,
                ask.trigger(),
                ask.by(),
                ask.due(),
                started,
                ended,
                reason,
                tasks);
    }

    /** Has it end, whatever it does now, and does not wait for that. False when it was over. */
    boolean cancel(String who) {
        Runnable now;
        synchronized (this) {
            if (state.isFinal()) {
                return false;
            }
            cancelledBy = who.isEmpty() ? "the agent" : who;
            now = stop;
        }
        // What it runs may take its time to end; whoever cancels several does not wait for each.
        Thread stopper = new Thread(null, now, "kepm-job-cancel", 128 * 1024);
        stopper.setDaemon(true);
        stopper.start();
        return true;
    }

    synchronized boolean isCancelled() {
        return !cancelledBy.isEmpty();
    }

    synchronized String cancelledBy() {
        return cancelledBy;
    }

    /** How what is done now can be stopped; done at once when it was cancelled before. */
    void stoppable(Runnable how) {
        boolean now;
        synchronized (this) {
            stop = how;
            now = !cancelledBy.isEmpty();
        }
        if (now) {
            how.run();
        }
    }
}
