package io.kepm.policy;

import io.kepm.api.policy.Evaluation;
import io.kepm.api.policy.EvaluationRequest;
import io.kepm.api.policy.PolicyEngine;
import java.time.ZonedDateTime;
import java.util.List;

/** The evaluator over a generated set, without folder, store and record. */
public final class RuleSetEngine implements PolicyEngine {

    private final Evaluator evaluator;

    /** Of so many policies. */
    public RuleSetEngine(int policies) {
        evaluator = KepmEngine.evaluator(new RuleSet(policies, 0));
    }

    @Override
    public Evaluation evaluate(EvaluationRequest request, ZonedDateTime at) {
        return evaluator.evaluate(request, at);
    }

    @Override
    public Explanation explain(EvaluationRequest request, ZonedDateTime at) {
        throw new UnsupportedOperationException("nothing but evaluation is measured");
    }

    @Override
    public Status status() {
        throw new UnsupportedOperationException("nothing but evaluation is measured");
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
        throw new UnsupportedOperationException("nothing but evaluation is measured");
    }
}
