package io.kepm.https;

import io.kepm.api.jobs.JobRun;
import io.kepm.api.jobs.JobStatus;
import io.kepm.api.json.Fields;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Jobs and runs as they go over the wire. */
final class JobJson {

    private JobJson() {}

    static Map<String, Object> of(JobStatus status) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", status.id());
        json.put("name", status.name());
        json.put("description", status.description());
        json.put("enabled", status.enabled());
        json.put("forThisSystem", status.forThisSystem());
        json.put("priority", (long) status.priority());
        json.put("triggers", status.triggers());
        json.put("running", (long) status.running());
        json.put("queued", (long) status.queued());
        status.next().ifPresent(next -> json.put("next", next.toString()));
        status.last().ifPresent(last -> json.put("last", of(last, false)));
        List<Map<String, Object>> faults =
                status.faults().stream()
                        .map(fault -> new Fields.Fault(fault.path(), fault.message()).json())
                        .toList();
        json.put("faults", faults);
        return json;
    }

    static Map<String, Object> of(JobRun run, boolean output) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", run.id());
        json.put("job", run.jobId());
        json.put("state", run.state().word());
        json.put("trigger", run.trigger());
        json.put("by", run.by());
        json.put("due", run.due().toString());
        run.started().ifPresent(when -> json.put("started", when.toString()));
        run.ended().ifPresent(when -> json.put("ended", when.toString()));
        json.put("reason", run.reason());
        json.put("tasks", run.tasks().stream().map(task -> of(task, output)).toList());
        return json;
    }

    private static Map<String, Object> of(JobRun.TaskRun task, boolean output) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", task.id());
        json.put("state", task.state().word());
        json.put("attempts", (long) task.attempts());
        json.put(
                "exitCode",
                task.exitCode().isPresent()
                        ? (Object) task.exitCode().get().longValue()
                        : Optional.empty());
        json.put("reason", task.reason());
        if (output) {
            json.put("output", task.output());
        }
        return json;
    }
}
