package io.kepm.policy;

import io.kepm.api.policy.Evaluation;
import io.kepm.api.policy.EvaluationRequest;
import java.nio.charset.StandardCharsets;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Ours: guards, index, filters, reasons and conditions. */
final class KepmEngine implements Engine {

    private static final ZonedDateTime AT = ZonedDateTime.parse("2026-11-25T10:00:00+01:00");
    private static final int POLICIES_A_FILE = 1000;

    private final Evaluator evaluator;
    private final EvaluationRequest[] requests;

    KepmEngine(RuleSet set) {
        evaluator = evaluator(set);
        requests = set.asks().stream().map(RuleSet::request).toArray(EvaluationRequest[]::new);
    }

    static Evaluator evaluator(RuleSet set) {
        PolicySet policies = load(set);
        return new Evaluator(
                policies,
                new Evaluation.Revision(1, policies.sha256()),
                EngineSettings.DEFAULT,
                new Guards(new ProtectedTargets(ProtectedList.shipped(), Set.of())));
    }

    static PolicySet load(RuleSet set) {
        return load(texts(set), set.rules().size());
    }

    static PolicySet load(List<PolicyText> texts, int size) {
        Faults faults = new Faults();
        PolicySet policies = PolicyLoader.load(texts, faults);
        if (!faults.isEmpty() || policies.policies().size() != size) {
            throw new IllegalStateException("the rules did not load: " + faults.list());
        }
        return policies;
    }

    static List<PolicyText> texts(RuleSet set) {
        List<PolicyText> texts = new ArrayList<>();
        List<RuleSet.Rule> rules = set.rules();
        for (int from = 0; from < rules.size(); from += POLICIES_A_FILE) {
            List<String> documents =
                    rules.subList(from, Math.min(rules.size(), from + POLICIES_A_FILE)).stream()
                            .map(RuleSet::document)
                            .toList();
            texts.add(
                    new PolicyText(
                            "f" + from + ".json",
                            documents.toString().getBytes(StandardCharsets.UTF_8)));
        }
        return texts;
    }

    @Override
    public boolean allows(int ask) {
        return evaluator.evaluate(requests[ask], AT).decision().status() == 1;
    }
}
