package io.kepm.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kepm.api.jobs.JobFault;
import io.kepm.api.jobs.JobRun;
import io.kepm.api.jobs.Launch;
import io.kepm.api.storage.StorageException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What makes jobs run: time, events, people, other jobs. {@link #tick} is for one thread; whoever
 * raises an event never waits.
 */
final class Triggers {

    private static final int MOST_OWED = 1000;

    private static final Logger LOG = LoggerFactory.getLogger(Triggers.class);
    private static final int MOST_EVENTS = 1000;

    /** Of them, for what the agent itself says. */
    private static final int KEPT_FREE = 100;

    /** Bytes of memory that events may take which wait for the next look. */
    private static final long MOST_MEMORY = 8L << 20;

    private final JobBook book;
    private final Dispatcher dispatcher;
    private final Times times;
    private final String apiBase;
    private final ArrayBlockingQueue<Event> events = new ArrayBlockingQueue<>(MOST_EVENTS);
    private final AtomicLong memory = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();

    /** What was due and could not be put on record; of the thread that ticks. */
    private final List<Ask> owed = new ArrayList<>();

    Triggers(JobBook book, Dispatcher dispatcher, Times times, String apiBase) {
        this.book = book;
        this.dispatcher = dispatcher;
        this.times = times;
        this.apiBase = apiBase;
    }

    /**
     * Something happened.
     *
     * @param request that waits, when the agent itself says so
     */
    record Event(
            String name, ObjectNode context, Optional<String> request, Instant when, long weight) {}

    /**
     * False when too many wait already, or they are too large: it is lost, and counted. What the
     * agent itself says has room of its own, so that no flood of others keeps it out.
     */
    boolean raise(String name, ObjectNode context, Optional<String> request) {
        long weight = Context.weight(context);
        long most = request.isPresent() ? 2 * MOST_MEMORY : MOST_MEMORY;
        boolean room = request.isPresent() || events.remainingCapacity() > KEPT_FREE;
        boolean taken = room && memory.addAndGet(weight) <= most;
        taken =
                taken
                        && events.offer(
                                new Event(
                                        name,
                                        Context.ofEvent(context),
                                        request,
                                        times.now(),
                                        weight));
        if (!taken) {
            if (room) {
                memory.addAndGet(-weight);
            }
            lost.incrementAndGet();
        }
        return taken;
    }

    long lost() {
        return lost.get();
    }

    /** Looks what is due, and takes all of it with one wait for the disk. */
    void tick() {
        List<Ask> asks = new ArrayList<>();
        Times moment = times.stopped();
        for (Loaded one : book.all().values()) {
            one.document()
                    .filter(JobDocument::mayRun)
                    .flatMap(job -> book.due(job.id()).flatMap(due -> due(job, due, moment)))
                    .ifPresent(asks::add);
        }
        List<Event> happened = new ArrayList<>();
        events.drainTo(happened);
        happened.forEach(event -> memory.addAndGet(-event.weight()));
        // A request that waits comes before what others say, however much that is.
        happened.sort(Comparator.comparing(event -> event.request().isEmpty()));
        Map<String, Integer> room = new HashMap<>();
        happened.forEach(event -> asks.addAll(asks(event, room)));
        take(asks);
        dispatcher.payOwed();
    }

    private void take(List<Ask> asks) {
        // Of what was owed, what root has taken away meanwhile runs no more.
        owed.removeIf(ask -> !mayStillRun(ask.job()));
        asks.addAll(0, owed);
        owed.clear();
        if (asks.isEmpty()) {
            return;
        }
        try {
            var unused = dispatcher.take(asks, apiBase);
        } catch (StorageException e) {
            owed.addAll(asks.subList(0, Math.min(asks.size(), MOST_OWED)));
            lost.addAndGet(asks.size() - owed.size());
            LOG.error(
                    "{} runs are not on record, and nothing of them runs before that: {}",
                    owed.size(),
                    e.getMessage());
        }
    }

    private static Optional<Ask> due(JobDocument job, Due due, Times moment) {
        return due.look(moment)
                .map(
                        now ->
                                new Ask(
                                        job,
                                        due.schedule().kind(),
                                        "",
                                        now.when(),
                                        begun(
                                                JsonText.object(),
                                                job,
                                                Given.of(job, Map.of()).values()),
                                        0,
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.of(due.from()),
                                        now.missed()));
    }

    /**
     * Of each job as many as there is room for, and one more, whose record says that there is none;
     * the others of a flood are counted alone.
     */
    private List<Ask> asks(Event event, Map<String, Integer> room) {
        List<Ask> asks = new ArrayList<>();
        for (Loaded one : book.all().values()) {
            Optional<JobDocument> job =
                    one.document()
                            .filter(JobDocument::mayRun)
                            .filter(each -> each.events().contains(event.name()));
            if (job.isPresent()) {
                int left = room.computeIfAbsent(one.id(), id -> dispatcher.room(job.get()));
                room.put(one.id(), left - 1);
                if (left >= 0 || event.request().isPresent()) {
                    asks.add(ask(job.get(), event));
                } else {
                    lost.incrementAndGet();
                }
            }
        }
        return asks;
    }

    private static Ask ask(JobDocument job, Event event) {
        ObjectNode context = event.context().deepCopy();
        return new Ask(
                job,
                "event:" + event.name(),
                "",
                event.when(),
                begun(context, job, Given.of(job, Map.of()).values()),
                0,
                event.request(),
                Optional.empty(),
                Optional.empty(),
                false);
    }

    /** What a run begins with. */
    static ObjectNode begun(ObjectNode context, JobDocument job, ObjectNode parameters) {
        context.set(Context.PARAMETERS, parameters);
        context.putObject("job").put("id", job.id()).put("name", job.name());
        return context;
    }

    /** Whether root did not take a job away meanwhile. */
    boolean mayStillRun(JobDocument job) {
        return book.document(job.id()).filter(JobDocument::mayRun).isPresent();
    }

    Run manual(JobDocument job, ObjectNode parameters, String who) throws StorageException {
        return one(
                new Ask(
                        job,
                        "manual",
                        who,
                        times.now(),
                        begun(JsonText.object(), job, parameters),
                        0,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        false));
    }

    /** For a plugin, whose document of the job lets it. */
    Run launched(JobDocument job, ObjectNode parameters, Launch launch) throws StorageException {
        ObjectNode context = JsonText.object();
        launch.user()
                .ifPresent(
                        user ->
                                context.putObject("user")
                                        .put("name", user.name())
                                        .put("uid", user.uid()));
        if (!launch.request().isEmpty()) {
            context.put("requestId", launch.request());
        }
        return one(
                new Ask(
                        job,
                        "launch",
                        launch.plugin(),
                        times.now(),
                        begun(context, job, parameters),
                        0,
                        Optional.empty(),
                        launch.user().map(Launch.User::uid),
                        Optional.empty(),
                        false));
    }

    private Run one(Ask ask) throws StorageException {
        return dispatcher.take(List.of(ask), apiBase).get(0);
    }

    /** For the task {@code run-job}: starts another job, and does not wait for it. */
    TaskOutcome other(Run run, String id, Map<String, String> texts) {
        Optional<JobDocument> job = book.document(id).filter(JobDocument::mayRun);
        if (job.isEmpty()) {
            return TaskOutcome.failed("there is no job `" + id + "` that may run");
        }
        Given given = Given.of(job.get(), Given.fromTexts(job.get(), texts));
        if (!given.faults().isEmpty()) {
            return TaskOutcome.failed(
                    String.join("; ", given.faults().stream().map(JobFault::text).toList()));
        }
        ObjectNode context = begun(JsonText.object(), job.get(), given.values());
        try {
            Run other =
                    one(
                            new Ask(
                                    job.get(),
                                    "job:" + run.job().id(),
                                    run.ask().by(),
                                    times.now(),
                                    context,
                                    run.ask().depth() + 1,
                                    Optional.empty(),
                                    run.ask().user(),
                                    Optional.empty(),
                                    false));
            // It may be over by now, and well: only one that never began is a failure here.
            JobRun shown = other.shown();
            return shown.state().isFinal() && shown.started().isEmpty()
                    ? TaskOutcome.failed(shown.reason())
                    : TaskOutcome.done("run " + other.id() + " of job `" + id + "`");
        } catch (StorageException e) {
            return TaskOutcome.failed("its run is not on record: " + e.getMessage());
        }
    }

    /** In place of a run whose condition does not hold; what that run knows goes with it. */
    String alternate(Run run) {
        String id = run.job().alternate();
        if (id.isEmpty()) {
            return "its condition does not hold";
        }
        Optional<JobDocument> job = book.document(id).filter(JobDocument::mayRun);
        if (job.isEmpty()) {
            return "its condition does not hold, and there is no job `" + id + "` that may run";
        }
        try {
            Ask ask = run.ask().instead(job.get());
            return "its condition does not hold; run " + one(ask).id() + " of `" + id + "` instead";
        } catch (StorageException e) {
            return "its condition does not hold; `" + id + "` is not on record: " + e.getMessage();
        }
    }
}
