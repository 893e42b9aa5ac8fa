package io.kepm.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kepm.api.jobs.JobRun;
import io.kepm.api.messages.Messages;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/** Tells of runs on {@code Jobs/ID/events}: to whoever listens, waiting for nobody. */
final class Progress {

    private final Supplier<Optional<Messages>> messages;

    Progress(Supplier<Optional<Messages>> messages) {
        this.messages = messages;
    }

    void run(JobRun run, Instant now) {
        tell(run.jobId(), event(run.jobId(), run.id(), run.state().word(), run.reason(), now));
    }

    void task(JobRun run, JobRun.TaskRun task, Instant now) {
        ObjectNode event =
                event(run.jobId(), run.id(), run.state().word(), task.reason(), now)
                        .put("taskId", task.id())
                        .put("taskState", task.state().word())
                        .put("attempt", task.attempts());
        task.exitCode().ifPresent(code -> event.put("exitCode", code));
        tell(run.jobId(), event);
    }

    private static ObjectNode event(
            String job, String run, String state, String reason, Instant now) {
        return JsonText.object()
                .put("jobId", job)
                .put("runId", run)
                .put("state", state)
                .put("reason", reason)
                .put("at", now.toString());
    }

    private void tell(String job, ObjectNode event) {
        messages.get()
                .ifPresent(
                        broker ->
                                broker.publish(
                                        "Jobs/" + job + "/events",
                                        event.toString().getBytes(StandardCharsets.UTF_8)));
    }
}
