package io.kepm.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads the seven filters of a policy and the rules that say which of them take part. */
final class FilterParser {

    static final String USERS = "UserCheck";
    static final String MACHINES = "MachineCheck";
    static final String APPLICATIONS = "ApplicationCheck";
    static final String CERTIFICATES = "CertificationCheck";
    static final String DATES = "DateCheck";
    static final String TIMES = "TimeCheck";
    static final String DAYS = "DayCheck";

    private static final Map<String, String> EXPRESSIONS =
            Map.of(
                    "checkuser()", USERS,
                    "checkmachine()", MACHINES,
                    "checkfile(false)", APPLICATIONS,
                    "checkfile(true)", APPLICATIONS,
                    "checkcertificate()", CERTIFICATES,
                    "checkdate()", DATES,
                    "checktime()", TIMES,
                    "checkday()", DAYS);

    private static final Pattern SPACE = Pattern.compile("\\s");

    private FilterParser() {}

    /** How one entry of a filter is read. */
    interface TextReader<E> {
        Optional<E> read(String text, Place place);
    }

    private interface NodeReader<E> {
        Optional<E> read(JsonNode node, Place place);
    }

    static Filters parse(Members policy, Gatherings gatherings) {
        Pool pool = gatherings.pool();
        Filters filters =
                new Filters(
                        pool.one(
                                List.copyOf(
                                        texts(
                                                policy,
                                                USERS,
                                                (t, at) -> UserEntry.parse(t, gatherings, at)))),
                        pool.one(
                                List.copyOf(
                                        texts(
                                                policy,
                                                MACHINES,
                                                (t, at) -> MachineEntry.parse(t, gatherings, at)))),
                        texts(policy, APPLICATIONS, (t, at) -> AppEntry.parse(t, gatherings, at)),
                        texts(policy, CERTIFICATES, FilterParser::thumbprint),
                        nodes(policy, DATES, DateRange::parse),
                        nodes(policy, TIMES, TimeRange::parse),
                        new HashSet<>(nodes(policy, DAYS, FilterParser::day)));
        rules(policy);
        return filters;
    }

    static <E> List<E> texts(Members members, String name, TextReader<E> reader) {
        List<E> entries = new ArrayList<>();
        List<String> texts = members.texts(name);
        for (int i = 0; i < texts.size(); i++) {
            reader.read(texts.get(i), members.place(name).item(i)).ifPresent(entries::add);
        }
        return entries;
    }

    private static <E> List<E> nodes(Members members, String name, NodeReader<E> reader) {
        List<E> entries = new ArrayList<>();
        List<JsonNode> nodes = members.items(name);
        for (int i = 0; i < nodes.size(); i++) {
            reader.read(nodes.get(i), members.place(name).item(i)).ifPresent(entries::add);
        }
        return entries;
    }

    private static Optional<Integer> day(JsonNode node, Place place) {
        if (!node.isIntegralNumber()
                || !node.canConvertToInt()
                || node.intValue() < 0
                || node.intValue() > 6) {
            place.refuse("a day from 0 (Sunday) to 6 (Saturday) is expected");
            return Optional.empty();
        }
        return Optional.of(node.intValue());
    }

    private static Optional<String> thumbprint(String text, Place place) {
        String hex = Thumbprint.plain(text);
        if (!text.equals("*") && !Texts.isHex(hex, 40) && !Texts.isHex(hex, 64)) {
            place.refuse(
                    Place.quoted(text)
                            + ": a thumbprint has 40 (SHA-1) or 64 (SHA-256) hexadecimal digits");
            return Optional.empty();
        }
        return Optional.of(hex);
    }

    /**
     * A filter takes part when both its array and its rule are there. An array that limits
     * something and has no rule is refused: a limit must not vanish.
     */
    private static void rules(Members policy) {
        if (!policy.has("Rules")) {
            return;
        }
        Set<String> ruled = new HashSet<>();
        List<JsonNode> rules = policy.items("Rules");
        for (int i = 0; i < rules.size(); i++) {
            Members.of(rules.get(i), policy.place("Rules").item(i))
                    .flatMap(FilterParser::filterOf)
                    .ifPresent(ruled::add);
        }
        for (String filter :
                List.of(USERS, MACHINES, APPLICATIONS, CERTIFICATES, DATES, TIMES, DAYS)) {
            boolean limits = policy.any(filter).filter(n -> n.size() > 0).isPresent();
            if (limits && !ruled.contains(filter)) {
                policy.place(filter)
                        .refuse(
                                "has entries, but Rules has no expression for it: add the rule or"
                                        + " empty the array");
            }
        }
    }

    private static Optional<String> filterOf(Members rule) {
        rule.text("RuleName");
        rule.text("ErrorMessage");
        Optional<String> type = rule.text("RuleExpressionType");
        if (type.filter(t -> !t.equalsIgnoreCase("BuiltInAction")).isPresent()) {
            rule.place("RuleExpressionType")
                    .refuse("unknown " + Place.quoted(type.get()) + " (known: BuiltInAction)");
        }
        String expression = rule.requiredText("Expression");
        rule.refuseOthers();
        String filter =
                EXPRESSIONS.get(SPACE.matcher(expression).replaceAll("").toLowerCase(Locale.ROOT));
        if (filter == null && !expression.isEmpty()) {
            rule.place("Expression")
                    .refuse(
                            "unknown expression "
                                    + Place.quoted(expression)
                                    + " (known: CheckUser(), CheckMachine(), CheckFile(false),"
                                    + " CheckFile(true), CheckDate(), CheckTime(), CheckDay(),"
                                    + " CheckCertificate())");
        }
        return Optional.ofNullable(filter);
    }
}
