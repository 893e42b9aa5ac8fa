package io.kepm.jobs;

import io.kepm.api.elevation.Requests;
import io.kepm.api.elevation.Requests.Act;
import io.kepm.api.elevation.Requests.Outcome;
import io.kepm.api.elevation.Requests.Person;
import io.kepm.api.storage.StorageException;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Answers of jobs that the root-owned settings name as approval providers. INVARIANT: a run answers
 * the one request that the agent started it for, and no other.
 */
final class Approvals {

    private final Set<String> providers;
    private final Requests requests;

    Approvals(List<String> providers, Requests requests) {
        this.providers = Set.copyOf(providers);
        this.requests = requests;
    }

    TaskOutcome check(Run run) {
        return TaskOutcome.done(
                JsonText.object()
                        .put("approvalProvider", providers.contains(run.job().id()))
                        .put("approvalProviders", providers.size())
                        .toString());
    }

    TaskOutcome answer(Run run, Map<String, String> named, List<String> list) {
        if (!providers.contains(run.job().id())) {
            return TaskOutcome.failed(
                    "this job is no approval provider: `Elevation/ApprovalProviders` in"
                            + " appsettings.json has to name it");
        }
        if (run.ask().approval().isEmpty()) {
            return TaskOutcome.failed("this run was not started by a request that waits");
        }
        String request = run.ask().approval().get();
        if (!named.getOrDefault("requestId", request).equals(request)) {
            return TaskOutcome.failed("this run may answer request " + request + " alone");
        }
        String word = named.getOrDefault("decision", list.isEmpty() ? "" : list.get(0));
        String comment = named.getOrDefault("comment", list.size() > 1 ? list.get(1) : "");
        return switch (word) {
            case "approve" -> act(run, request, Act.APPROVE, comment);
            case "deny" -> act(run, request, Act.DENY, comment);
            default -> TaskOutcome.failed("the decision is neither `approve` nor `deny`");
        };
    }

    private TaskOutcome act(Run run, String request, Act act, String comment) {
        Person provider =
                new Person("provider:" + run.job().id(), 0, OptionalLong.empty(), List.of());
        try {
            Outcome outcome = requests.act(request, act, provider, "", comment);
            if (outcome instanceof Outcome.Done done) {
                return TaskOutcome.done(
                        "request " + request + " is " + done.request().state().word());
            }
            return TaskOutcome.failed(
                    outcome instanceof Outcome.Refused refused
                            ? refused.why()
                            : "there is no such request any more");
        } catch (StorageException e) {
            return TaskOutcome.failed("the answer could not be put on record: " + e.getMessage());
        }
    }
}
