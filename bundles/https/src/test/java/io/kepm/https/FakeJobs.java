package io.kepm.https;

import io.kepm.api.jobs.JobFault;
import io.kepm.api.jobs.JobRun;
import io.kepm.api.jobs.JobStatus;
import io.kepm.api.jobs.Jobs;
import io.kepm.api.jobs.Launch;
import io.kepm.api.jobs.RunState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** One job {@code a} with one run {@code 1}; remembers what was asked. */
final class FakeJobs implements Jobs {

    final List<String> asked = new CopyOnWriteArrayList<>();

    private static final JobRun RUN =
            new JobRun(
                    "1",
                    "a",
                    RunState.SUCCEEDED,
                    "manual",
                    "root",
                    Instant.EPOCH,
                    Optional.of(Instant.EPOCH),
                    Optional.empty(),
                    "",
                    List.of(
                            new JobRun.TaskRun(
                                    "t", RunState.SUCCEEDED, 1, Optional.of(0), "", "written")));

    private static final List<JobFault> FAULTS =
            List.of(new JobFault("/tasks/0/command", "a shell"), new JobFault("/x", "unknown"));

    @Override
    public List<JobStatus> list() {
        return find("a").stream().toList();
    }

    @Override
    public Optional<JobStatus> find(String id) {
        return id.equals("a")
                ? Optional.of(
                        new JobStatus(
                                "a",
                                "A",
                                "",
                                true,
                                true,
                                5,
                                List.of("every 5 min"),
                                0,
                                0,
                                Optional.of(Instant.EPOCH),
                                Optional.of(RUN),
                                List.of()))
                : Optional.empty();
    }

    @Override
    public Counts counts() {
        return new Counts(3, 2);
    }

    @Override
    public Optional<String> document(String id) {
        return Optional.of("{\"id\":\"a\"}");
    }

    @Override
    public List<JobFault> validate(String json) {
        asked.add("validate " + json);
        return json.contains("bad") ? FAULTS : List.of();
    }

    @Override
    public Outcome add(String json, String who) {
        asked.add("add " + json + " by " + who);
        return json.contains("bad") ? Outcome.refused("", FAULTS) : Outcome.done("a");
    }

    @Override
    public Outcome update(String id, String json, String who) {
        asked.add("update " + id + " " + json);
        return id.equals("a") ? Outcome.done("a") : Outcome.unknown(id);
    }

    @Override
    public Outcome delete(String id, String who) {
        asked.add("delete " + id);
        return Outcome.done(id);
    }

    @Override
    public Outcome reload(String who) {
        return Outcome.done("");
    }

    final List<Launch> launches = new java.util.concurrent.CopyOnWriteArrayList<>();

    @Override
    public Started launch(String id, Launch launch) {
        launches.add(launch);
        return id.equals("sweep") && launch.plugin().equals("plugin:helper")
                ? new Started.Accepted(RUN)
                : new Started.Unknown();
    }

    @Override
    public Started run(String id, Map<String, Object> parameters, String who) {
        asked.add("run " + id + " " + parameters);
        if (!id.equals("a")) {
            return new Started.Unknown();
        }
        return parameters.containsKey("bad")
                ? new Started.Refused(List.of(new JobFault("/bad", "no such parameter")))
                : new Started.Accepted(RUN);
    }

    @Override
    public Optional<Map<String, Object>> evaluate(
            String id, Map<String, Object> parameters, Map<String, Object> context) {
        return id.equals("a") ? Optional.of(Map.of("id", "a")) : Optional.empty();
    }

    @Override
    public List<JobRun> runs(String id, String before, int limit) {
        return id.equals("a") && before.isEmpty() ? List.of(RUN) : List.of();
    }

    @Override
    public Optional<JobRun> run(String id, String runId) {
        return id.equals("a") && runId.equals("1") ? Optional.of(RUN) : Optional.empty();
    }

    @Override
    public Outcome cancel(String id, String runId, String who) {
        return Outcome.refused(id, List.of(new JobFault("", "nothing of it goes on")));
    }
}
