package io.kepm.api.policy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A decision as it leaves the agent: whole for an administrator, own reasons only for a user. */
public final class DecisionJson {

    private DecisionJson() {}

    /**
     * The decision as JSON members: String, Long, Boolean, List, Map.
     *
     * @param whole whether every reason is shown, or only those that are for the user
     */
    public static Map<String, Object> of(String requestId, Evaluation evaluation, boolean whole) {
        Decision decision = evaluation.decision();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("requestId", requestId);
        json.put("decision", decision.outcome());
        json.put("controls", controls(decision));
        json.put("reasons", reasons(decision.reasons(), whole));
        json.put("revision", evaluation.revision().label());
        json.put(
                "wouldHave",
                evaluation.wouldHave().stream()
                        // A policy that only watches is no business of those it watches.
                        .filter(would -> whole || would.noticeUser())
                        .map(DecisionJson::wouldHave)
                        .toList());
        return json;
    }

    /** Reasons alone, in the same form. */
    public static List<Map<String, Object>> reasons(List<Reason> reasons, boolean whole) {
        return reasons.stream().map(reason -> reason(reason, whole || reason.forUser())).toList();
    }

    private static List<String> controls(Decision decision) {
        return decision instanceof Decision.Pending pending
                ? pending.controls().stream().map(Enum::name).toList()
                : List.of();
    }

    private static Map<String, Object> reason(Reason reason, boolean shown) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("code", reason.code());
        json.put("text", shown ? reason.text() : "a rule that is not shown to you decided");
        if (shown) {
            reason.policy()
                    .ifPresent(
                            policy -> {
                                json.put("policyId", policy.id());
                                json.put("policyVersion", (long) policy.version());
                            });
        }
        json.put(
                "filters",
                shown ? reason.filters().stream().map(DecisionJson::filter).toList() : List.of());
        return json;
    }

    private static Map<String, Object> filter(Reason.FilterVerdict verdict) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("filter", verdict.filter());
        json.put("matched", verdict.matched());
        json.put("detail", verdict.detail());
        return json;
    }

    private static Map<String, Object> wouldHave(Evaluation.WouldHave would) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("policyId", would.policy().id());
        json.put("outcome", would.outcome());
        return json;
    }
}
