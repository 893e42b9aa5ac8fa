package io.kepm.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.kepm.api.jobs.JobFault;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads a condition: exactly one of {@code all}, {@code any}, {@code not}, or a test of a path. */
final class ConditionReader {

    private static final List<String> TESTS =
            List.of("equals", "in", "matches", "exists", "greaterThan");
    private static final java.util.regex.Pattern PATH =
            java.util.regex.Pattern.compile("[A-Za-z_][A-Za-z0-9_-]*(\\.[A-Za-z0-9_-]+){0,15}");
    private static final int MOST = 100;
    private static final int LONGEST_PATTERN = 500;
    private static final Condition NEVER = new Condition.Any(List.of());

    private final List<JobFault> faults;
    private int count;

    ConditionReader(List<JobFault> faults) {
        this.faults = faults;
    }

    /** After a fault one that never holds. */
    Condition read(JsonNode node, String path) {
        Members members = new Members(node, path, faults);
        if (!node.isObject()) {
            return NEVER;
        }
        if (++count > MOST) {
            members.faultHere("a condition of more than " + MOST + " parts");
            return NEVER;
        }
        Condition condition = condition(members);
        members.end();
        return condition;
    }

    private Condition condition(Members members) {
        List<String> kinds =
                List.of("all", "any", "not", "path").stream().filter(members::has).toList();
        TESTS.forEach(members::has);
        if (kinds.size() != 1) {
            members.faultHere("exactly one of all, any, not, path is needed");
            return NEVER;
        }
        return switch (kinds.get(0)) {
            case "all" -> new Condition.All(parts(members, "all"));
            case "any" -> new Condition.Any(parts(members, "any"));
            case "not" -> new Condition.Not(read(members.value("not"), members.pathOf("not")));
            default -> test(members);
        };
    }

    private List<Condition> parts(Members members, String name) {
        List<Condition> parts = new ArrayList<>();
        List<JsonNode> entries = members.list(name, MOST);
        if (entries.isEmpty()) {
            members.fault(name, "at least one condition is needed");
        }
        for (int i = 0; i < entries.size(); i++) {
            parts.add(read(entries.get(i), members.pathOf(name) + "/" + i));
        }
        return parts;
    }

    private Condition test(Members members) {
        String path = members.text("path", "", 500);
        if (!PATH.matcher(path).matches()) {
            members.fault("path", "names joined by dots are needed, such as policy.type");
        }
        List<String> tests = TESTS.stream().filter(members::has).toList();
        if (tests.size() != 1) {
            members.faultHere("exactly one of " + String.join(", ", TESTS) + " is needed");
            return NEVER;
        }
        String test = tests.get(0);
        JsonNode value = members.value(test);
        switch (test) {
            case "exists":
                return new Condition.Exists(path, members.flag("exists", true));
            case "equals":
                if (!value.isValueNode()) {
                    members.fault(test, "a text, a number, true or false is needed");
                }
                return new Condition.In(path, List.of(value));
            case "in":
                List<JsonNode> values = members.list("in", MOST);
                if (values.isEmpty() || values.stream().anyMatch(one -> !one.isValueNode())) {
                    members.fault(test, "a list of texts, numbers, true or false is needed");
                }
                return new Condition.In(path, values);
            case "greaterThan":
                Optional<BigDecimal> bound = Condition.number(value);
                if (bound.isEmpty()) {
                    members.fault(test, "a number is needed");
                    return NEVER;
                }
                return new Condition.GreaterThan(path, bound.get());
            default:
                return pattern(members)
                        .<Condition>map(pattern -> new Condition.Matches(path, pattern))
                        .orElse(NEVER);
        }
    }

    private static Optional<Pattern> pattern(Members members) {
        String text = members.text("matches", "", LONGEST_PATTERN);
        try {
            return Optional.of(Pattern.compile(text));
        } catch (PatternSyntaxException e) {
            members.fault("matches", "no regular expression: " + e.getDescription());
            return Optional.empty();
        }
    }
}
