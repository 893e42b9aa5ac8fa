package io.kepm.policy;

import com.fasterxml.jackson.databind.JsonNode;
import io.kepm.api.policy.Evaluation;
import io.kepm.api.policy.EvaluationRequest;
import io.kepm.api.policy.PolicyEngine;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The real evaluator over the policies of one file of the corpus. */
public final class RealEngine implements PolicyEngine {

    private volatile Evaluator evaluator = evaluator(PolicySet.EMPTY);

    /** Has the policies of that file in force. */
    public void load(JsonNode file) {
        List<PolicyText> texts = new ArrayList<>();
        if (file.has("collections")) {
            texts.add(text(PolicyFiles.COLLECTIONS, file.get("collections")));
        }
        int number = 0;
        for (JsonNode policy : file.path("policies")) {
            texts.add(text("policy" + number++, policy));
        }
        Faults faults = new Faults();
        evaluator = evaluator(PolicyLoader.load(texts, faults));
        if (!faults.isEmpty()) {
            throw new AssertionError(faults.list());
        }
    }

    private static PolicyText text(String name, JsonNode node) {
        return new PolicyText(name, node.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static Evaluator evaluator(PolicySet set) {
        return new Evaluator(
                set,
                new Evaluation.Revision(1, set.sha256()),
                EngineSettings.DEFAULT,
                new Guards(new ProtectedTargets(ProtectedList.shipped(), Set.of())));
    }

    @Override
    public Evaluation evaluate(EvaluationRequest request, ZonedDateTime at) {
        return evaluator.evaluate(request, at);
    }

    @Override
    public Explanation explain(EvaluationRequest request, ZonedDateTime at) {
        return new Explanation(evaluate(request, at), List.of());
    }

    @Override
    public Status status() {
        return new Status(new Evaluation.Revision(1, ""), 0, "", Path.of("/"), List.of());
    }

    @Override
    public List<Summary> policies() {
        return List.of();
    }

    @Override
    public List<Entitlement> entitlements(
            EvaluationRequest.User user, EvaluationRequest.Machine machine) {
        return List.of();
    }

    @Override
    public Status reload() {
        return status();
    }
}
