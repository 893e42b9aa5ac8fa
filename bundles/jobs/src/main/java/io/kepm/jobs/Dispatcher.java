package io.kepm.jobs;

import io.kepm.api.jobs.JobRun;
import io.kepm.api.jobs.RunState;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.StorageException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which runs wait and which go on ({@link Places}): of those that wait, higher priorities first,
 * then the earlier ones. A run is on record before anything of it happens, and each ends exactly
 * once. Safe for use by many threads.
 */
final class Dispatcher {

    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

    /** Runs of one job that wait; those of its schedule never wait for one another. */
    static final int WAITING = 16;

    private static final int WAITING_IN_ALL = 4096;
    private static final int OWED = 1000;

    /** Bytes of memory that all runs may take with what their events said. */
    private static final long MOST_MEMORY = 16L << 20;

    private static final Comparator<Run> ORDER =
            Comparator.comparingInt((Run run) -> -run.job().priority())
                    .thenComparing(run -> run.ask().due())
                    .thenComparing(Run::id);

    private final Times times;
    private final LiveRuns live;
    private final History history;
    private final RunRecords records;
    private final Progress progress;
    private final Executor threads;
    private volatile Consumer<Run> work = run -> {};
    private final TreeSet<Run> waiting = new TreeSet<>(ORDER);
    private final Map<String, Run> there = new LinkedHashMap<>();
    private final Places places = new Places();
    private final Map<RunState, Long> ended = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Runnable> owed = new ConcurrentLinkedQueue<>();
    private boolean closed;

    /** Where runs are kept, and who is told of them. */
    record Books(LiveRuns live, History history, RunRecords records, Progress progress) {}

    /**
     * @param threads each run has one of its own
     */
    Dispatcher(Times times, Books books, Executor threads) {
        this.times = times;
        this.live = books.live();
        this.history = books.history();
        this.records = books.records();
        this.progress = books.progress();
        this.threads = threads;
    }

    /** Who does a run and ends it; said before the first one is taken. */
    void does(Consumer<Run> how) {
        work = how;
    }

    /**
     * Takes what is asked for, as runs that wait or are skipped.
     *
     * @throws StorageException when they are not on record: nothing of them will run
     */
    List<Run> take(List<Ask> asks, String apiBase) throws StorageException {
        List<Run> all = new ArrayList<>();
        List<Run> fresh = new ArrayList<>();
        Map<Run, String> skipped = new LinkedHashMap<>();
        synchronized (this) {
            for (Ask ask : asks) {
                String id = RunId.next(times.now().toEpochMilli());
                ask.context().putObject("run").put("id", id).put("trigger", ask.trigger());
                Run run = new Run(id, ask, new Context(ask.context(), apiBase));
                all.add(run);
                Optional<String> obstacle = obstacle(ask);
                if (obstacle.isPresent()) {
                    skipped.put(run, obstacle.get());
                } else {
                    there.put(id, run);
                    fresh.add(run);
                }
            }
        }
        if (!fresh.isEmpty()) {
            try {
                live.begin(fresh);
            } catch (StorageException | RuntimeException e) {
                synchronized (this) {
                    fresh.forEach(run -> there.remove(run.id()));
                }
                throw e;
            }
        }
        synchronized (this) {
            waiting.addAll(fresh);
        }
        skipped.forEach((run, why) -> over(run, RunState.SKIPPED, why));
        dispatch();
        return all;
    }

    private Optional<String> obstacle(Ask ask) {
        if (closed) {
            return Optional.of("the agent is stopping");
        }
        if (ask.missed() && !ask.job().schedule().map(Schedule::runMissed).orElse(true)) {
            return Optional.of("its time was missed, and `misfire` is `skip`");
        }
        if (ask.depth() > Ask.DEEPEST) {
            return Optional.of("more than " + Ask.DEEPEST + " jobs asked for one another");
        }
        Optional<String> missing = missing(ask);
        if (missing.isPresent()) {
            return missing;
        }
        long ofJob = there(ask.job().id());
        if (ask.isScheduled() && ofJob >= ask.job().maxConcurrent()) {
            return Optional.of("the run before it goes on still");
        }
        // What the agent itself says of a request has as many places again.
        int places = ask.approval().isPresent() ? 2 * WAITING : WAITING;
        if (ofJob >= ask.job().maxConcurrent() + places) {
            return Optional.of(places + " runs of it wait already");
        }
        if (there.size() >= WAITING_IN_ALL) {
            return Optional.of(WAITING_IN_ALL + " runs wait already");
        }
        // What came by a request that waits is the agent's own word, and small.
        return ask.approval().isEmpty()
                        && !ask.isScheduled()
                        && memory() + Context.weight(ask.context()) > MOST_MEMORY
                ? Optional.of("what the runs that wait were told fills the memory for it")
                : Optional.empty();
    }

    private long memory() {
        return there.values().stream().mapToLong(Run::weight).sum();
    }

    /** How many more runs of a job may wait; less than none when too many do. */
    synchronized int room(JobDocument job) {
        return (int) (job.maxConcurrent() + WAITING - there(job.id()));
    }

    /** Nobody gave it, and nothing stands in for it. */
    private static Optional<String> missing(Ask ask) {
        return ask.job().parameters().stream()
                .filter(Parameter::required)
                .map(Parameter::name)
                .filter(name -> !ask.context().path(Context.PARAMETERS).has(name))
                .findFirst()
                .map(name -> "its parameter `" + name + "` is needed, and was not given");
    }

    private long there(String job) {
        return there.values().stream()
                .filter(run -> run.job().id().equals(job) && !run.isOver())
                .count();
    }

    private void dispatch() {
        List<Run> start = new ArrayList<>();
        synchronized (this) {
            Iterator<Run> next = waiting.iterator();
            while (next.hasNext() && !closed) {
                Run run = next.next();
                if (places.take(run)) {
                    next.remove();
                    start.add(run);
                }
            }
        }
        for (Run run : start) {
            run.begin(times.now());
            progress.run(run.shown(), times.now());
            try {
                threads.execute(() -> work(run));
            } catch (RuntimeException | Error e) {
                broken(run, e);
                free(run);
            }
        }
    }

    private void work(Run run) {
        try {
            if (run.isCancelled()) {
                over(run, RunState.CANCELLED, "cancelled by " + run.cancelledBy());
            } else {
                work.accept(run);
            }
        } catch (RuntimeException | Error e) {
            broken(run, e);
        } finally {
            free(run);
            dispatch();
        }
    }

    private void broken(Run run, Throwable fault) {
        LOG.error("a run of job `{}` broke off", run.job().id(), fault);
        over(run, RunState.FAILED, "fault of the agent: " + fault);
    }

    private synchronized void free(Run run) {
        places.free(run);
    }

    /** Ends a run, once: a second end is not heard. It is there until it is in the history. */
    void over(Run run, RunState state, String reason) {
        boolean wasThere;
        synchronized (this) {
            if (run.shown().state().isFinal()) {
                return;
            }
            run.end(state, reason, times.now());
            wasThere = there.containsKey(run.id());
            waiting.remove(run);
        }
        ended.merge(state, 1L, Long::sum);
        JobRun shown = run.shown();
        List<Mutation> steps =
                wasThere ? List.of(LiveRuns.over(shown.id())) : LiveRuns.taken(run.ask());
        if (!write(shown, steps) && owed.size() < OWED) {
            owed.add(
                    () -> {
                        if (!write(shown, steps)) {
                            throw new IllegalStateException("still not on record");
                        }
                    });
        }
        progress.run(shown, times.now());
    }

    private boolean write(JobRun run, List<Mutation> steps) {
        try {
            history.append(run, steps, List.of(records.of(run)));
            synchronized (this) {
                there.remove(run.id());
            }
            return true;
        } catch (StorageException e) {
            LOG.error(
                    "the end of run {} of job `{}` is not on record yet: {}",
                    run.id(),
                    run.jobId(),
                    e.getMessage());
            return false;
        }
    }

    /** Tries again what could not be put on record. */
    void payOwed() {
        for (Runnable next = owed.peek(); next != null; next = owed.peek()) {
            try {
                next.run();
            } catch (IllegalStateException e) {
                return;
            }
            owed.poll();
        }
    }

    int owed() {
        return owed.size();
    }

    synchronized List<Run> there() {
        return List.copyOf(there.values());
    }

    synchronized Optional<Run> find(String id) {
        return Optional.ofNullable(there.get(id));
    }

    synchronized int queued() {
        return waiting.size();
    }

    synchronized int running() {
        return places.held();
    }

    /** Since when a run waits for a place alone, if one does. */
    synchronized Optional<Instant> crowdedSince() {
        return waiting.stream()
                .filter(run -> !places.isAtItsOwnBound(run))
                .map(run -> run.ask().due())
                .min(Comparator.naturalOrder());
    }

    long ended(RunState state) {
        return ended.getOrDefault(state, 0L);
    }

    /** Ends a run that waits or goes on. */
    boolean cancel(Run run, String who) {
        boolean waits;
        synchronized (this) {
            waits = waiting.remove(run);
        }
        if (waits) {
            over(run, RunState.CANCELLED, "cancelled by " + who);
            return true;
        }
        return run.cancel(who);
    }

    /** Ends everything; nothing begins any more. */
    void close() {
        synchronized (this) {
            closed = true;
        }
        there().forEach(run -> cancel(run, "the agent, which is stopping"));
    }
}
