package io.kepm.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kepm.api.jobs.JobRun;
import io.kepm.api.jobs.RunState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Runs as they stand in the store. */
final class RunJson {

    private RunJson() {}

    static ObjectNode of(JobRun run) {
        ObjectNode json =
                JsonText.object()
                        .put("id", run.id())
                        .put("job", run.jobId())
                        .put("state", run.state().name())
                        .put("trigger", run.trigger())
                        .put("by", run.by())
                        .put("due", run.due().toString())
                        .put("reason", run.reason());
        run.started().ifPresent(when -> json.put("started", when.toString()));
        run.ended().ifPresent(when -> json.put("ended", when.toString()));
        ArrayNode tasks = json.putArray("tasks");
        for (JobRun.TaskRun task : run.tasks()) {
            ObjectNode one =
                    tasks.addObject()
                            .put("id", task.id())
                            .put("state", task.state().name())
                            .put("attempts", task.attempts())
                            .put("reason", task.reason())
                            .put("output", task.output());
            task.exitCode().ifPresent(code -> one.put("exitCode", code));
        }
        return json;
    }

    static JobRun read(JsonNode json) {
        List<JobRun.TaskRun> tasks = new ArrayList<>();
        for (JsonNode task : json.path("tasks")) {
            tasks.add(
                    new JobRun.TaskRun(
                            task.path("id").asText(),
                            RunState.valueOf(task.path("state").asText()),
                            task.path("attempts").asInt(),
                            task.has("exitCode")
                                    ? Optional.of(task.path("exitCode").asInt())
                                    : Optional.empty(),
                            task.path("reason").asText(),
                            task.path("output").asText()));
        }
        return new JobRun(
                json.path("id").asText(),
                json.path("job").asText(),
                RunState.valueOf(json.path("state").asText()),
                json.path("trigger").asText(),
                json.path("by").asText(),
                Instant.parse(json.path("due").asText()),
                instant(json, "started"),
                instant(json, "ended"),
                json.path("reason").asText(),
                tasks);
    }

    private static Optional<Instant> instant(JsonNode json, String name) {
        return json.has(name)
                ? Optional.of(Instant.parse(json.path(name).asText()))
                : Optional.empty();
    }

    /** The same run without what its tasks wrote. */
    static JobRun withoutOutput(JobRun run) {
        return with(run, run.tasks().stream().map(task -> with(task, "")).toList());
    }

    static JobRun with(JobRun run, List<JobRun.TaskRun> tasks) {
        return new JobRun(
                run.id(),
                run.jobId(),
                run.state(),
                run.trigger(),
                run.by(),
                run.due(),
                run.started(),
                run.ended(),
                run.reason(),
                tasks);
    }

    static JobRun.TaskRun with(JobRun.TaskRun task, String output) {
        return new JobRun.TaskRun(
                task.id(), task.state(), task.attempts(), task.exitCode(), task.reason(), output);
    }
}
