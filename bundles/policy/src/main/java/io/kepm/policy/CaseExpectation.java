package io.kepm.policy;

import com.fasterxml.jackson.databind.JsonNode;
import io.kepm.api.policy.Control;
import io.kepm.api.policy.Decision;
import io.kepm.api.policy.Evaluation;
import io.kepm.api.policy.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What a case expects; parts that it leaves out are not compared. */
record CaseExpectation(
        String outcome,
        Optional<List<String>> controls,
        Optional<String> guard,
        Optional<Set<String>> policies,
        Optional<Map<String, String>> wouldHave) {

    private static final Set<String> OUTCOMES = Set.of("ALLOW", "DENY", "PENDING", "NOT_GOVERNED");

    static CaseExpectation of(Members expect) {
        String outcome = expect.requiredText("outcome").toUpperCase(Locale.ROOT);
        if (!OUTCOMES.contains(outcome)) {
            expect.place("outcome")
                    .refuse("unknown outcome (known: " + new TreeSet<>(OUTCOMES) + ")");
        }
        CaseExpectation read =
                new CaseExpectation(
                        outcome,
                        expect.has("controls")
                                ? Optional.of(expect.texts("controls"))
                                : Optional.empty(),
                        expect.textOrNull("guard"),
                        expect.has("policies")
                                ? Optional.of(new TreeSet<>(expect.texts("policies")))
                                : Optional.empty(),
                        expect.any("wouldHave").map(CaseExpectation::outcomes));
        expect.refuseOthers();
        return read;
    }

    private static Map<String, String> outcomes(JsonNode node) {
        Map<String, String> outcomes = new TreeMap<>();
        node.properties().forEach(e -> outcomes.put(e.getKey(), e.getValue().asText()));
        return outcomes;
    }

    /** What is different, one line for each; none when all held. */
    List<String> differences(Evaluation evaluation) {
        Decision decision = evaluation.decision();
        List<String> found = new ArrayList<>();
        compare("outcome", outcome, decision.outcome(), found);
        controls.ifPresent(expected -> compare("controls", expected, controls(decision), found));
        guard.ifPresent(
                expected ->
                        compare(
                                "guard",
                                Reason.GUARD_PREFIX + expected,
                                decision.reasons().get(0).code(),
                                found));
        policies.ifPresent(expected -> compare("policies", expected, deciding(decision), found));
        wouldHave.ifPresent(
                expected -> compare("wouldHave", expected, wouldHave(evaluation), found));
        return found;
    }

    private static void compare(String what, Object expected, Object actual, List<String> found) {
        if (!expected.equals(actual)) {
            found.add(what + ": expected " + expected + ", but was " + actual);
        }
    }

    private static List<String> controls(Decision decision) {
        return decision instanceof Decision.Pending pending
                ? pending.controls().stream().map(Control::name).toList()
                : List.of();
    }

    private static Set<String> deciding(Decision decision) {
        return decision.reasons().stream()
                .flatMap(reason -> reason.policy().stream())
                .map(policy -> policy.id())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Map<String, String> wouldHave(Evaluation evaluation) {
        Map<String, String> outcomes = new TreeMap<>();
        evaluation.wouldHave().forEach(w -> outcomes.put(w.policy().id(), w.outcome()));
        return outcomes;
    }
}
