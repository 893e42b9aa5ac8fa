package io.kepm.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kepm.api.jobs.JobFault;
import io.kepm.api.jobs.JobRun;
import io.kepm.api.jobs.JobStatus;
import io.kepm.api.jobs.Jobs;
import io.kepm.api.jobs.Launch;
import io.kepm.api.jobs.RunState;
import io.kepm.api.storage.StorageException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The jobs as the doors see them. Safe for use by many threads. */
final class Desk implements Jobs {

    private final JobBook book;
    private final Dispatcher dispatcher;
    private final History history;
    private final Triggers triggers;
    private final Times times;
    private final String apiBase;

    Desk(
            JobBook book,
            Dispatcher dispatcher,
            History history,
            Triggers triggers,
            Times times,
            String apiBase) {
        this.book = book;
        this.dispatcher = dispatcher;
        this.history = history;
        this.triggers = triggers;
        this.times = times;
        this.apiBase = apiBase;
    }

    @Override
    public List<JobStatus> list() {
        Map<String, int[]> there = there();
        return book.all().values().stream().map(one -> status(one, there)).toList();
    }

    @Override
    public Optional<JobStatus> find(String id) {
        return Optional.ofNullable(book.all().get(id)).map(one -> status(one, there()));
    }

    @Override
    public Counts counts() {
        long enabled =
                book.all().values().stream()
                        .filter(one -> one.document().filter(JobDocument::mayRun).isPresent())
                        .count();
        return new Counts(book.all().size(), (int) enabled);
    }

    private Map<String, int[]> there() {
        Map<String, int[]> counts = new LinkedHashMap<>();
        for (Run run : dispatcher.there()) {
            int[] both = counts.computeIfAbsent(run.job().id(), id -> new int[2]);
            if (run.shown().state() == RunState.RUNNING) {
                both[0]++;
            } else if (run.shown().state() == RunState.QUEUED) {
                both[1]++;
            }
        }
        return counts;
    }

    private JobStatus status(Loaded one, Map<String, int[]> there) {
        int[] counts = there.getOrDefault(one.id(), new int[2]);
        Optional<JobDocument> document = one.document();
        boolean mayRun = document.map(JobDocument::mayRun).orElse(false);
        return new JobStatus(
                one.id(),
                document.map(JobDocument::name).orElse(one.id()),
                document.map(JobDocument::description).orElse(""),
                document.map(JobDocument::enabled).orElse(false),
                document.map(JobDocument::forThisSystem).orElse(true),
                document.map(JobDocument::priority).orElse(0),
                document.map(JobDocument::triggers).orElse(List.of()),
                counts[0],
                counts[1],
                mayRun ? book.due(one.id()).flatMap(due -> due.next(times)) : Optional.empty(),
                last(one.id()),
                one.faults());
    }

    private Optional<JobRun> last(String id) {
        try {
            return history.runs(id, "", 1).stream().findFirst();
        } catch (StorageException e) {
            return Optional.empty();
        }
    }

    @Override
    public Optional<String> document(String id) {
        return Optional.ofNullable(book.all().get(id))
                .map(Loaded::text)
                .filter(text -> !text.isEmpty());
    }

    @Override
    public List<JobFault> validate(String json) {
        return DocumentReader.read(json.getBytes(StandardCharsets.UTF_8), "").faults();
    }

    @Override
    public Outcome add(String json, String who) {
        return book.add(json, who);
    }

    @Override
    public Outcome update(String id, String json, String who) {
        return book.update(id, json, who);
    }

    @Override
    public Outcome delete(String id, String who) {
        return book.delete(id, who);
    }

    /** Faults of single documents are no fault of the reading: the list tells them. */
    @Override
    public Outcome reload(String who) {
        book.load(who);
        return book.trouble().isEmpty()
                ? Outcome.done("")
                : Outcome.refused("", List.of(new JobFault("", book.trouble())));
    }

    @Override
    public Started launch(String id, Launch launch) {
        boolean may =
                book.document(id)
                        .filter(job -> job.launchedBy().contains(launch.plugin()))
                        .isPresent();
        return may
                ? started(
                        id,
                        launch.parameters(),
                        (job, values) -> triggers.launched(job, values, launch))
                : new Started.Unknown();
    }

    @Override
    public Started run(String id, Map<String, Object> parameters, String who) {
        return started(id, parameters, (job, values) -> triggers.manual(job, values, who));
    }

    /** How a run of a job begins. */
    private interface Begin {
        Run of(JobDocument job, ObjectNode values) throws StorageException;
    }

    private Started started(String id, Map<String, Object> parameters, Begin begin) {
        Optional<JobDocument> job = book.document(id);
        if (job.isEmpty()) {
            Loaded known = book.all().get(id);
            return known == null ? new Started.Unknown() : new Started.Refused(known.faults());
        }
        if (!job.get().mayRun()) {
            String why = job.get().enabled() ? "the job is not for this system" : "it is disabled";
            return new Started.Refused(List.of(new JobFault("", why)));
        }
        Given given = Given.of(job.get(), parameters);
        if (!given.faults().isEmpty()) {
            return new Started.Refused(given.faults());
        }
        try {
            return new Started.Accepted(begin.of(job.get(), given.values()).shown());
        } catch (StorageException e) {
            return new Started.Refused(
                    List.of(new JobFault("", "the run is not on record: " + e.getMessage())));
        }
    }

    @Override
    public Optional<Map<String, Object>> evaluate(
            String id, Map<String, Object> parameters, Map<String, Object> said) {
        return book.document(id).map(job -> evaluated(job, parameters, said));
    }

    private Map<String, Object> evaluated(
            JobDocument job, Map<String, Object> parameters, Map<String, Object> said) {
        Given given = Given.of(job, parameters);
        ObjectNode tree =
                JsonText.of(said) instanceof ObjectNode object
                        ? Context.ofEvent(object)
                        : JsonText.object();
        Context context = new Context(Triggers.begun(tree, job, given.values()), apiBase);
        boolean holds = job.condition().map(one -> one.holds(context)).orElse(true);
        List<Object> tasks = new ArrayList<>();
        for (Task task : job.tasks()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("id", task.id());
            one.put(
                    "runs",
                    holds && task.condition().map(each -> each.holds(context)).orElse(true));
            if (task.work() instanceof Task.Program process) {
                one.put("arguments", filled(process, context));
            }
            tasks.add(one);
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("id", job.id());
        result.put("mayRun", job.mayRun() && given.faults().isEmpty());
        result.put("condition", holds);
        result.put("alternateJobId", holds ? "" : job.alternate());
        result.put("faults", given.faults().stream().map(JobFault::text).toList());
        result.put("tasks", tasks);
        return result;
    }

    private static List<String> filled(Task.Program process, Context context) {
        List<String> filled = new ArrayList<>();
        for (String argument : process.arguments()) {
            try {
                filled.add(context.filled(argument));
            } catch (Context.NoValue e) {
                filled.add(argument);
            }
        }
        return filled;
    }

    @Override
    public List<JobRun> runs(String id, String before, int limit) throws StorageException {
        List<JobRun> runs = new ArrayList<>();
        List<Run> there = new ArrayList<>(dispatcher.there());
        java.util.Collections.reverse(there);
        for (Run run : there) {
            boolean wanted = before.isEmpty() || run.id().compareTo(before) < 0;
            if (wanted && run.job().id().equals(id) && runs.size() < limit) {
                runs.add(RunJson.withoutOutput(run.shown()));
            }
        }
        for (JobRun run : history.runs(id, before, limit)) {
            if (runs.size() < limit && runs.stream().noneMatch(one -> one.id().equals(run.id()))) {
                runs.add(run);
            }
        }
        runs.sort(java.util.Comparator.comparing(JobRun::id).reversed());
        return runs;
    }

    @Override
    public Optional<JobRun> run(String id, String runId) throws StorageException {
        Optional<JobRun> there =
                dispatcher.find(runId).filter(run -> run.job().id().equals(id)).map(Run::shown);
        return there.isPresent() ? there : history.run(id, runId);
    }

    @Override
    public Outcome cancel(String id, String runId, String who) {
        List<Run> found =
                dispatcher.there().stream()
                        .filter(run -> run.job().id().equals(id))
                        .filter(run -> runId.isEmpty() || run.id().equals(runId))
                        .filter(run -> !run.shown().state().isFinal())
                        .toList();
        if (found.isEmpty()) {
            return book.all().containsKey(id)
                    ? Outcome.refused(
                            id, List.of(new JobFault("", "nothing of it waits or goes on")))
                    : Outcome.unknown(id);
        }
        found.forEach(run -> dispatcher.cancel(run, who));
        return Outcome.done(id);
    }
}
