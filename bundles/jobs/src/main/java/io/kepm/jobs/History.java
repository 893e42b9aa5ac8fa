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
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The runs that are over, the last {@value #KEPT} of each job, in pages: a row for each run would
 * make the store slow to open, one row for all of them slow to write. Long outputs have rows of
 * their own. A page that can't be read stays where it is, and keeps nothing else from being read or
 * written. Safe for use by many threads; runs of one job are written one after the other.
 */
final class History {

    private static final Logger LOG = LoggerFactory.getLogger(History.class);
    private static final ArrayNode NOTHING = JsonText.object().putArray("runs");

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
            Optional<ArrayNode> begun =
                    pages.inLast() == 0 || pages.inLast() >= PAGE
                            ? Optional.empty()
                            : page(run.jobId(), pages.last());
            long last = begun.isPresent() || pages.inLast() == 0 ? pages.last() : pages.last() + 1;
            ArrayNode page = begun.orElseGet(() -> JsonText.object().putArray("runs"));
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
        for (JsonNode run : page(job, number).orElse(NOTHING)) {
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
            ArrayNode page = page(job, number).orElse(NOTHING);
            for (int i = page.size() - 1; i >= 0 && seen < KEPT; i--, seen++) {
                read(job, page.get(i))
                        .map(RunJson::withoutOutput)
                        .filter(run -> before.isEmpty() || run.id().compareTo(before) < 0)
                        .ifPresent(runs::add);
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
            for (JsonNode run : page(job, number).orElse(NOTHING)) {
                if (run.path("id").asText().equals(id)) {
                    return read(job, run.path("apart").asBoolean() ? apart(job, id, run) : run);
                }
            }
        }
        return Optional.empty();
    }

    /** What its tasks wrote as well, when that can be read. */
    private JsonNode apart(String job, String id, JsonNode bare) throws StorageException {
        String key = outputKey(job, id);
        Optional<byte[]> found = storage.get(Table.JOB_RUNS, key);
        return found.flatMap(row -> json(key, row)).<JsonNode>map(json -> json).orElse(bare);
    }

    private Pages pages(String job) throws StorageException {
        Optional<byte[]> index = storage.get(Table.JOB_RUNS, job);
        if (index.isEmpty()) {
            return Pages.NONE;
        }
        Optional<ObjectNode> json = json(job, index.get());
        return json.isPresent()
                ? new Pages(
                        json.get().path("first").asLong(),
                        json.get().path("last").asLong(),
                        json.get().path("in").asInt())
                : counted(job);
    }

    /** The pages by their keys, when nothing says any more which there are. */
    private Pages counted(String job) throws StorageException {
        List<Long> numbers = new ArrayList<>();
        for (String key : storage.list(Table.JOB_RUNS).keySet()) {
            String number = key.startsWith(job + "/") ? key.substring(job.length() + 1) : "";
            if (number.matches("\\d{1,18}")) {
                numbers.add(Long.valueOf(number));
            }
        }
        if (numbers.isEmpty()) {
            return Pages.NONE;
        }
        long last = Collections.max(numbers);
        return new Pages(
                Collections.min(numbers), last, page(job, last).map(ArrayNode::size).orElse(PAGE));
    }

    /** Empty when it can't be read. */
    private Optional<ArrayNode> page(String job, long number) throws StorageException {
        Optional<byte[]> page = storage.get(Table.JOB_RUNS, key(job, number));
        if (page.isEmpty()) {
            return Optional.of(JsonText.object().putArray("runs"));
        }
        return json(key(job, number), page.get())
                .map(json -> json.get("runs"))
                .filter(ArrayNode.class::isInstance)
                .map(ArrayNode.class::cast);
    }

    private static Optional<ObjectNode> json(String key, byte[] bytes) {
        try {
            return Optional.of(JsonText.read(bytes));
        } catch (JsonText.Unreadable e) {
            LOG.error("what is stored as `{}` can't be read: {}", key, e.getMessage());
            return Optional.empty();
        }
    }

    private static Optional<JobRun> read(String job, JsonNode run) {
        try {
            return Optional.of(RunJson.read(run));
        } catch (RuntimeException e) {
            LOG.error("a stored run of job `{}` can't be read: {}", job, e.getMessage());
            return Optional.empty();
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
