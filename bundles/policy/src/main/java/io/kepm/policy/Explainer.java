package io.kepm.policy;

import io.kepm.api.policy.EvaluationRequest;
import io.kepm.api.policy.PolicyEngine.Explanation;
import io.kepm.api.policy.Reason;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;

/** Says of every policy of the type, not only of those that matched, what each filter says. */
record Explainer(PolicySet set, Evaluator evaluator) {

    Explanation explain(EvaluationRequest request, ZonedDateTime at) {
        if (WellFormed.fault(request).isPresent()) {
            return new Explanation(evaluator.evaluate(request, at), List.of());
        }
        Facts facts = evaluator.facts(request, at);
        return new Explanation(
                evaluator.evaluate(request, at),
                set.considered(facts.type()).stream().map(p -> reason(p, facts)).toList());
    }

    private static Reason reason(PolicyDocument policy, Facts facts) {
        boolean matches = Matcher.match(policy, facts).isPresent();
        return new Reason(
                Reason.POLICY,
                "in " + policy.status().word() + (matches ? " matches" : " does not match"),
                Optional.of(policy.ref()),
                new Verdicts(policy, facts),
                Matcher.users(policy.filters(), facts)
                        && Matcher.machines(policy.filters(), facts));
    }
}
