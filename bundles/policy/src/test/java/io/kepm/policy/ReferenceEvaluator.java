package io.kepm.policy;

import com.fasterxml.jackson.databind.JsonNode;
import io.kepm.api.policy.Control;
import io.kepm.api.policy.EvaluationRequest;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * policy.md §3, §4 and §6 once more, as slowly and plainly as it can be said: every policy is
 * asked, from its JSON, which nobody parsed before ({@link ReferenceMatch}).
 */
record ReferenceEvaluator(
        List<JsonNode> policies, Map<String, JsonNode> collections, EngineSettings settings) {

    record Answer(
            String outcome,
            List<Control> controls,
            String code,
            Set<String> deciding,
            Map<String, String> wouldHave) {}

    Answer evaluate(EvaluationRequest r, ZonedDateTime at, List<Guards.Raised> raised) {
        if (r.eventType().equals("HttpAccess") && ReferenceUrl.of(r.url().orElse("")).isEmpty()) {
            return new Answer("DENY", List.of(), "guard:malformed", Set.of(), Map.of());
        }
        boolean free =
                !settings.enforceForAdministrators()
                        && (r.user().uid() == 0
                                || r.user().groups().stream()
                                        .anyMatch(settings.adminGroups()::contains));
        List<JsonNode> matching = new ArrayList<>();
        Map<String, String> wouldHave = new TreeMap<>();
        for (JsonNode p : policies) {
            boolean enforced = Set.of("enforce", "enabled").contains(p.path("Status").asText());
            boolean off = Set.of("off", "disabled").contains(p.path("Status").asText());
            if (off || !isConsidered(p, r) || match(p, r, at).isEmpty()) {
                continue;
            }
            if (enforced && !free) {
                matching.add(p);
            } else {
                wouldHave.put(
                        p.path("PolicyId").asText(), answer(List.of(p), r, at, raised).outcome());
            }
        }
        Answer answer = free ? notGoverned() : answer(matching, r, at, raised);
        return new Answer(
                answer.outcome(), answer.controls(), answer.code(), answer.deciding(), wouldHave);
    }

    private static boolean isConsidered(JsonNode p, EvaluationRequest r) {
        String type = p.path("PolicyType").asText();
        return type.equalsIgnoreCase(r.eventType())
                || (type.equals("PrivilegeElevation")
                        && Set.of("CommandLine", "AgenticPrivilegeElevation")
                                .contains(r.eventType()));
    }

    private String match(JsonNode p, EvaluationRequest r, ZonedDateTime at) {
        return new ReferenceMatch(p, collections, settings.approot(), r, at).answer();
    }

    private Answer answer(
            List<JsonNode> m, EvaluationRequest r, ZonedDateTime at, List<Guards.Raised> raised) {
        Set<String> denying = ids(m, p -> match(p, r, at).equals("DENY"));
        if (!denying.isEmpty()) {
            return new Answer("DENY", List.of(), "policy", denying, Map.of());
        }
        for (Guards.Raised guard : raised) {
            String key =
                    guard.kind() == Guards.Kind.PROTECTED ? "AllowProtected" : "AllowUnsafeTarget";
            boolean waived =
                    !m.isEmpty()
                            && m.stream().allMatch(p -> p.at("/Extension/" + key).asBoolean(false));
            if (!waived) {
                return new Answer("DENY", List.of(), guard.kind().code(), Set.of(), Map.of());
            }
        }
        if (m.isEmpty()) {
            return unmatched(r);
        }
        List<Control> controls =
                Stream.of(Control.MFA, Control.JUSTIFY, Control.OPERATORAPPROVAL, Control.APPROVAL)
                        .filter(
                                c ->
                                        asked(m, c)
                                                || (c == Control.JUSTIFY
                                                        && asked(m, Control.APPROVAL)))
                        .toList();
        // A program by another name, or of an unknown signer: it binds, and gives nothing.
        boolean given =
                m.stream()
                        .anyMatch(
                                p ->
                                        !match(p, byOwnName(r), at).isEmpty()
                                                && !ReferenceMatch.signed(p, r).equals("UNKNOWN"));
        if (!given) {
            return controls.isEmpty()
                    ? unmatched(r)
                    : new Answer("DENY", List.of(), "policy", ids(m, p -> true), Map.of());
        }
        return controls.isEmpty()
                ? new Answer("ALLOW", List.of(), "policy", ids(m, p -> true), Map.of())
                : new Answer(
                        "PENDING", controls, "policy", ids(m, ReferenceEvaluator::asks), Map.of());
    }

    private Answer unmatched(EvaluationRequest r) {
        boolean denied =
                settings.unmatchedDenies()
                        && Set.of(
                                        "PrivilegeElevation",
                                        "CommandLine",
                                        "AgenticPrivilegeElevation",
                                        "HttpAccess")
                                .contains(r.eventType());
        return denied
                ? new Answer("DENY", List.of(), "unmatched", Set.of(), Map.of())
                : notGoverned();
    }

    private static Answer notGoverned() {
        return new Answer("NOT_GOVERNED", List.of(), "not-governed", Set.of(), Map.of());
    }

    /** The request as if it led nowhere else, where that has another name and a name matters. */
    private static EvaluationRequest byOwnName(EvaluationRequest r) {
        String path = r.target().path();
        boolean same = base(path).equals(base(r.target().realPath()));
        return same || !ReferenceMatch.isElevation(r.eventType())
                ? r
                : new Ask(r).real(path).request();
    }

    static String base(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** The tokens of a policy, in a list or in lines. */
    static Set<String> controls(JsonNode p) {
        JsonNode stated = p.at("/Actions/OnSuccess/Controls");
        Set<String> words = new TreeSet<>();
        List<String> lines = new ArrayList<>(List.of(stated.asText().split("\n", -1)));
        stated.forEach(each -> lines.add(each.asText()));
        lines.forEach(line -> words.add(line.toUpperCase(Locale.ROOT)));
        words.remove("");
        return words;
    }

    static boolean asks(JsonNode p) {
        return Stream.of("MFA", "JUSTIFY", "OPERATORAPPROVAL", "APPROVAL")
                .anyMatch(controls(p)::contains);
    }

    private static boolean asked(List<JsonNode> m, Control control) {
        return m.stream().anyMatch(p -> controls(p).contains(control.name()));
    }

    private static Set<String> ids(List<JsonNode> m, Predicate<JsonNode> which) {
        Set<String> ids = new TreeSet<>();
        m.stream().filter(which).forEach(p -> ids.add(p.path("PolicyId").asText()));
        return ids;
    }
}
