package io.kepm.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.jobs.JobRun;
import io.kepm.api.jobs.RunState;
import io.kepm.api.linux.Launcher;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the store knows of runs that are not over, and of the times that were taken: what a crash
 * leaves, and what the next start needs. Safe for use by many threads.
 */
final class LiveRuns {

    private static final Logger LOG = LoggerFactory.getLogger(LiveRuns.class);
    private static final String RUN = "run/";
    private static final String DUE = "due/";

    /** Begins the keys of rows that can't be read: they are kept, and never looked at again. */
    private static final String ASIDE = "aside/";

    private final Storage storage;
    private final AuditLog audit;
    private final String boot;

    /**
     * @param boot names this start of the machine: numbers of processes are good within it
     */
    LiveRuns(Storage storage, AuditLog audit, String boot) {
        this.storage = storage;
        this.audit = audit;
        this.boot = boot;
    }

    /** Up to where the times of a schedule were taken. */
    record Taken(String schedule, Instant from) {
        /** Is of no schedule, so that times begin anew. */
        static final Taken UNKNOWN = new Taken("", Instant.EPOCH);
    }

    /** Puts runs on record before anything of them happens, all with one wait for the disk. */
    void begin(List<Run> runs) throws StorageException {
        List<Mutation> steps = new ArrayList<>();
        for (Run run : runs) {
            steps.add(
                    new Mutation.Create(
                            Table.JOB_STATE, RUN + run.id(), row(run, Optional.empty())));
            steps.addAll(taken(run.ask()));
        }
        audit.commit(new Change(steps, List.of()));
    }

    /** Notes the process of a run, so that the next agent ends what this one can't any more. */
    void process(Run run, Launcher.Identity process) throws StorageException {
        audit.commit(
                new Change(
                        List.of(
                                new Mutation.Put(
                                        Table.JOB_STATE,
                                        RUN + run.id(),
                                        row(run, Optional.of(process)))),
                        List.of()));
    }

    /** The step with which a run is no longer one that is there. */
    static Mutation over(String runId) {
        return new Mutation.Take(Table.JOB_STATE, RUN + runId);
    }

    /** The step with which a time is taken, if one was due. */
    static List<Mutation> taken(Ask ask) {
        return ask.from().map(from -> List.of(taken(ask.job(), from))).orElse(List.of());
    }

    private byte[] row(Run run, Optional<Launcher.Identity> process) {
        ObjectNode json = RunJson.of(RunJson.withoutOutput(run.shown())).put("boot", boot);
        process.ifPresent(one -> json.put("pid", one.pid()).put("startTicks", one.startTicks()));
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static Mutation taken(JobDocument job, Instant from) {
        ObjectNode json =
                JsonText.object()
                        .put("schedule", job.schedule().map(Schedule::text).orElse(""))
                        .put("from", from.toString());
        return new Mutation.Put(
                Table.JOB_STATE, DUE + job.id(), json.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Notes from when on the times of jobs count that were not known before. */
    void taken(Map<JobDocument, Instant> fresh) throws StorageException {
        if (!fresh.isEmpty()) {
            List<Mutation> steps = new ArrayList<>();
            fresh.forEach((job, from) -> steps.add(taken(job, from)));
            audit.commit(new Change(steps, List.of()));
        }
    }

    /** Forgets the times of jobs that are gone. */
    void forget(List<String> jobs) throws StorageException {
        if (!jobs.isEmpty()) {
            audit.commit(
                    new Change(
                            jobs.stream()
                                    .<Mutation>map(
                                            job -> new Mutation.Take(Table.JOB_STATE, DUE + job))
                                    .toList(),
                            List.of()));
        }
    }

    /** By job. Of a row that can't be read nothing is known: nothing is taken for missed. */
    Map<String, Taken> taken() throws StorageException {
        Map<String, Taken> taken = new HashMap<>();
        for (var row : storage.list(Table.JOB_STATE).entrySet()) {
            if (row.getKey().startsWith(DUE)) {
                taken.put(
                        row.getKey().substring(DUE.length()), taken(row.getKey(), row.getValue()));
            }
        }
        return taken;
    }

    private static Taken taken(String key, byte[] row) {
        try {
            ObjectNode json = JsonText.read(row);
            return new Taken(
                    json.path("schedule").asText(), Instant.parse(json.path("from").asText()));
        } catch (JsonText.Unreadable | DateTimeException e) {
            LOG.error("what is stored as `{}` can't be read: {}", key, e.getMessage());
            return Taken.UNKNOWN;
        }
    }

    /**
     * Ends what a former agent left: its processes, and the runs themselves. INVARIANT: a row that
     * can't be read keeps no other from that.
     *
     * @return how many runs
     */
    int recover(Launcher launcher, History history, RunRecords records, Instant now)
            throws StorageException {
        int count = 0;
        for (var row : storage.list(Table.JOB_STATE).entrySet()) {
            if (row.getKey().startsWith(RUN)) {
                Optional<JobRun> read = left(row.getKey(), row.getValue(), launcher, records);
                count++;
                if (read.isEmpty()) {
                    continue;
                }
                JobRun left = read.get();
                JobRun failed =
                        new JobRun(
                                left.id(),
                                left.jobId(),
                                RunState.FAILED,
                                left.trigger(),
                                left.by(),
                                left.due(),
                                left.started(),
                                Optional.of(now),
                                "agent restarted",
                                left.tasks());
                history.append(failed, List.of(over(left.id())), List.of(records.of(failed)));
            }
        }
        return count;
    }

    /** A run that was left; empty when its row can't be read, and was put aside. */
    private Optional<JobRun> left(String key, byte[] row, Launcher launcher, RunRecords records)
            throws StorageException {
        try {
            ObjectNode json = JsonText.read(row);
            endProcess(json, launcher);
            JobRun run = RunJson.read(json);
            if (key.equals(RUN + run.id())) {
                return Optional.of(run);
            }
            putAside(key, row, "it is of run `" + run.id() + "`", records);
        } catch (JsonText.Unreadable | RuntimeException e) {
            putAside(key, row, String.valueOf(e.getMessage()), records);
        }
        return Optional.empty();
    }

    private void putAside(String key, byte[] row, String why, RunRecords records)
            throws StorageException {
        LOG.error("what is stored as `{}` can't be read, and is put aside: {}", key, why);
        audit.commit(
                new Change(
                        List.of(
                                new Mutation.Take(Table.JOB_STATE, key),
                                new Mutation.Put(Table.JOB_STATE, ASIDE + key, row)),
                        List.of(records.unreadable(key.substring(RUN.length()), why))));
    }

    private void endProcess(ObjectNode json, Launcher launcher) {
        if (!json.has("pid") || !json.path("boot").asText().equals(boot)) {
            return;
        }
        try {
            launcher.endLeft(json.path("pid").asInt(), json.path("startTicks").asLong());
        } catch (IOException e) {
            LOG.error(
                    "process {} of job `{}` was left by a former agent and can't be ended: {}",
                    json.path("pid").asInt(),
                    json.path("job").asText(),
                    e.getMessage());
        }
    }
}
