package io.kepm.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kepm.api.jobs.Chore;
import io.kepm.api.jobs.JobFault;
import io.kepm.api.jobs.Jobs.Outcome;
import io.kepm.api.linux.Targets;
import io.kepm.api.policy.EvaluationRequest;
import io.kepm.api.policy.PolicyEngine;
import io.kepm.api.policy.PolicyEngine.Configuration;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Does what policies of type {@code JobUpdate} say ({@code Add}, {@code Update}, {@code Delete}),
 * and names those of other types, which other parts of the agent are for.
 */
record ConfigurationPolicies(PolicyEngine engine, Targets targets, JobBook book) implements Chore {

    @Override
    public String name() {
        return "process-configuration-policies";
    }

    @Override
    public String run(Map<String, String> arguments) throws IOException {
        EvaluationRequest.Machine machine =
                new EvaluationRequest.Machine(targets.hostname(), "linux");
        List<String> done = new ArrayList<>();
        List<String> faults = new ArrayList<>();
        for (Configuration each : engine.configurations(machine)) {
            if (!each.type().equals("JobUpdate")) {
                done.add(each.policy().id() + ": " + each.type() + " is not for this job");
                continue;
            }
            Outcome outcome = job(each);
            if (!outcome.isDone()) {
                faults.add(
                        each.policy().id()
                                + ": "
                                + String.join(
                                        "; ",
                                        outcome.faults().stream().map(JobFault::text).toList()));
            } else if (!outcome.id().isEmpty()) {
                done.add(each.policy().id() + ": job `" + outcome.id() + "` is as it says");
            }
        }
        if (!faults.isEmpty()) {
            throw new IOException(String.join("\n", faults));
        }
        return done.isEmpty()
                ? "no policy says anything about configuration"
                : String.join("\n", done);
    }

    private Outcome job(Configuration each) {
        String who = "policy " + each.policy().id();
        try {
            ObjectNode extension = JsonText.read(each.extension().getBytes(StandardCharsets.UTF_8));
            String action = extension.path("Action").asText("Add");
            JsonNode job = extension.path("Job");
            if (job.isTextual()) {
                job = JsonText.read(job.asText().getBytes(StandardCharsets.UTF_8));
            }
            String id = extension.path("JobId").asText(job.path("id").asText());
            if (action.equalsIgnoreCase("Delete")) {
                return book.all().containsKey(id) ? book.delete(id, who) : Outcome.done(id);
            }
            if (!action.equalsIgnoreCase("Add") && !action.equalsIgnoreCase("Update")) {
                return fault(id, "`Action` is none of Add, Update, Delete");
            }
            if (!job.path("id").asText().equals(id)) {
                return fault(id, "`JobId` is not the `id` of `Job`");
            }
            return written(id, job, who);
        } catch (JsonText.Unreadable e) {
            return fault("", "its `Extension` can't be read: " + e.getMessage());
        }
    }

    private Outcome written(String id, JsonNode job, String who) throws JsonText.Unreadable {
        Optional<Loaded> now = Optional.ofNullable(book.all().get(id));
        if (now.isEmpty()) {
            return book.add(JsonText.pretty(job), who);
        }
        boolean same =
                !now.get().text().isEmpty()
                        && JsonText.read(now.get().text().getBytes(StandardCharsets.UTF_8))
                                .equals(job);
        return same ? Outcome.done(id) : book.update(id, JsonText.pretty(job), who);
    }

    private static Outcome fault(String id, String message) {
        return Outcome.refused(id, List.of(new JobFault("", message)));
    }
}
