package io.kepm.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.jobs.JobRun;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The runs that are over, the last {@value #KEPT} of each job, in pages: a row for each run would
 * make the store slow to open, one row for all of them slow to write. Long outputs have rows of
 * their own. Safe for use by many threads; runs of one job are written one after the other.
 */
final class History {

    static final int KEPT = 1000;

    private static final int PAGE = 20;
    private static final int PAGES = KEPT / PAGE + 1;

    /** Characters of output that stand in a page. */
    private static final int SHORT = 2048;

    private final Storage storage;
    private final AuditLog audit;
    private final Map<String, Object> locks = new ConcurrentHashMap<>();

    History(Storage storage, AuditLog audit) {
        this.storage = storage;
        this.audit = audit;
    }

    /** Which pages there are, and how many runs are in the last one. */
    private record Pages(long first, long last, int inLast) {
        static final Pages NONE = new Pages(0, 0, 0);
    }

    /** Puts a run at the end, together with what else belongs to it. */
    void append(JobRun run, List<Mutation> more, List<AuditDraft> drafts) throws StorageException {
        synchronized (locks.computeIfAbsent(run.jobId(), id -> new Object())) {
            Pages pages = pages(run.jobId());
            List<Mutation> steps = new ArrayList<>(more);
            boolean full = pages.inLast() >= PAGE;
            long last = full ? pages.last() + 1 : pages.last();
            ArrayNode page =
                    full || pages.inLast() == 0
                            ? JsonText.object().putArray("runs")
                            : page(run.jobId(), last);
            page.add(stored(run, steps));
            steps.add(new Mutation.Put(Table.JOB_RUNS, key(run.jobId(), last), wrapped(page)));
            long first = pages.first();
            while (last - first >= PAGES) {
                forget(run.jobId(), first++, steps);
            }
            ObjectNode index =
                    JsonText.object().put("first", first).put("last", last).put("in", page.size());
            steps.add(
                    new Mutation.Put(
                            Table.JOB_RUNS,
                            run.jobId(),
                            index.toString().getBytes(StandardCharsets.UTF_8)));
            audit.commit(new Change(steps, drafts));
        }
    }

    private static ObjectNode stored(JobRun run, List<Mutation> steps) {
        boolean isLong =
                run.tasks().stream().mapToInt(task -> task.output().length()).sum() > SHORT;
        if (!isLong) {
            return RunJson.of(run);
        }
        steps.add(
                new Mutation.Put(
                        Table.JOB_RUNS,
                        outputKey(run.jobId(), run.id()),
                        RunJson.of(run).toString().getBytes(StandardCharsets.UTF_8)));
        return RunJson.of(RunJson.withoutOutput(run)).put("apart", true);
    }

    private void forget(String job, long number, List<Mutation> steps) throws StorageException {
        for (JsonNode run : page(job, number)) {
            if (run.path("apart").asBoolean()) {
                take(outputKey(job, run.path("id").asText()), steps);
            }
        }
        take(key(job, number), steps);
    }

    private void take(String key, List<Mutation> steps) throws StorageException {
        if (storage.get(Table.JOB_RUNS, key).isPresent()) {
            steps.add(new Mutation.Take(Table.JOB_RUNS, key));
        }
    }

    /** The newest first, without output; {@code before} is an id or empty. */
    List<JobRun> runs(String job, String before, int limit) throws StorageException {
        List<JobRun> runs = new ArrayList<>();
        Pages pages = pages(job);
        int seen = 0;
        for (long number = pages.last(); number >= pages.first() && pages.inLast() > 0; number--) {
            ArrayNode page = page(job, number);
            for (int i = page.size() - 1; i >= 0 && seen < KEPT; i--, seen++) {
                JobRun run = RunJson.withoutOutput(RunJson.read(page.get(i)));
                if (before.isEmpty() || run.id().compareTo(before) < 0) {
                    runs.add(run);
                }
                if (runs.size() == limit) {
                    return runs;
                }
            }
        }
        return runs;
    }

    Optional<JobRun> run(String job, String id) throws StorageException {
        Pages pages = pages(job);
        for (long number = pages.last(); number >= pages.first() && pages.inLast() > 0; number--) {
            for (JsonNode run : page(job, number)) {
                if (run.path("id").asText().equals(id)) {
                    return Optional.of(
                            RunJson.read(
                                    run.path("apart").asBoolean() ? apart(job, id, run) : run));
                }
            }
        }
        return Optional.empty();
    }

    private JsonNode apart(String job, String id, JsonNode bare) throws StorageException {
        Optional<byte[]> found = storage.get(Table.JOB_RUNS, outputKey(job, id));
        return found.isPresent() ? read(found.get()) : bare;
    }

    private Pages pages(String job) throws StorageException {
        Optional<byte[]> index = storage.get(Table.JOB_RUNS, job);
        if (index.isEmpty()) {
            return Pages.NONE;
        }
        ObjectNode json = read(index.get());
        return new Pages(
                json.path("first").asLong(), json.path("last").asLong(), json.path("in").asInt());
    }

    private ArrayNode page(String job, long number) throws StorageException {
        Optional<byte[]> page = storage.get(Table.JOB_RUNS, key(job, number));
        if (page.isPresent() && read(page.get()).get("runs") instanceof ArrayNode runs) {
            return runs;
        }
        return JsonText.object().putArray("runs");
    }

    private static ObjectNode read(byte[] bytes) throws StorageException {
        try {
            return JsonText.read(bytes);
        } catch (JsonText.Unreadable e) {
            throw new StorageException(
                    "a page of the runs of jobs can't be read: " + e.getMessage());
        }
    }

    private static byte[] wrapped(ArrayNode page) {
        ObjectNode json = JsonText.object();
        json.set("runs", page);
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String key(String job, long page) {
        return job + "/" + page;
    }

    private static String outputKey(String job, String run) {
        return job + "/out/" + run;
    }
}
