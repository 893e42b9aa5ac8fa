package io.kepm.policy;

import io.kepm.api.policy.Control;
import io.kepm.api.policy.EvaluationRequest;
import java.time.LocalTime;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * policy.md §3 and §4 for the elevation types once more, as slowly and plainly as it can be said:
 * every policy is asked, from the text of its entries, with regular expressions for patterns.
 * Throws {@link Hole} where a variable has no usable value.
 */
record ReferenceEvaluator(List<PolicyDocument> policies, EngineSettings settings) {

    record Answer(
            String outcome,
            List<Control> controls,
            String code,
            Set<String> deciding,
            Map<String, String> wouldHave) {}

    private static final class Hole extends RuntimeException {}

    Answer evaluate(EvaluationRequest r, ZonedDateTime at, List<Guards.Raised> raised) {
        List<PolicyDocument> matching = new ArrayList<>();
        Map<String, String> wouldHave = new TreeMap<>();
        for (PolicyDocument p : policies) {
            boolean typed =
                    p.type().wireName().equals(r.eventType())
                            || (p.type() == PolicyType.PRIVILEGE_ELEVATION
                                    && !r.eventType().equals("PrivilegeElevation"));
            if (p.status() == PolicyStatus.OFF || !typed || matches(p, r, at).isEmpty()) {
                continue;
            }
            if (p.status() == PolicyStatus.ENFORCE) {
                matching.add(p);
            } else {
                wouldHave.put(p.id(), answer(List.of(p), r, at, raised).outcome());
            }
        }
        Answer answer = answer(matching, r, at, raised);
        return new Answer(
                answer.outcome(), answer.controls(), answer.code(), answer.deciding(), wouldHave);
    }

    private Answer answer(
            List<PolicyDocument> m,
            EvaluationRequest r,
            ZonedDateTime at,
            List<Guards.Raised> raised) {
        Set<String> denying = ids(m, p -> matches(p, r, at).orElseThrow().equals("DENY"));
        if (!denying.isEmpty()) {
            return new Answer("DENY", List.of(), "policy", denying, Map.of());
        }
        for (Guards.Raised guard : raised) {
            boolean key =
                    m.stream()
                            .map(p -> p.extension().terms())
                            .allMatch(
                                    t ->
                                            guard.kind() == Guards.Kind.PROTECTED
                                                    ? t.allowProtected()
                                                    : t.allowUnsafeTarget());
            if (m.isEmpty() || !key) {
                return new Answer("DENY", List.of(), guard.kind().code(), Set.of(), Map.of());
            }
        }
        if (m.isEmpty()) {
            return unmatched();
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
        if (m.stream()
                .noneMatch(
                        p ->
                                matches(p, byOwnName(r), at).isPresent()
                                        && !signed(p, r).equals("UNKNOWN"))) {
            return controls.isEmpty()
                    ? unmatched()
                    : new Answer("DENY", List.of(), "policy", ids(m, p -> true), Map.of());
        }
        return controls.isEmpty()
                ? new Answer("ALLOW", List.of(), "policy", ids(m, p -> true), Map.of())
                : new Answer("PENDING", controls, "policy", ids(m, PolicyDocument::asks), Map.of());
    }

    private Answer unmatched() {
        return settings.unmatchedDenies()
                ? new Answer("DENY", List.of(), "unmatched", Set.of(), Map.of())
                : new Answer("NOT_GOVERNED", List.of(), "not-governed", Set.of(), Map.of());
    }

    /** The request as if it led nowhere else, where that has another name. */
    private static EvaluationRequest byOwnName(EvaluationRequest r) {
        String path = r.target().path();
        return base(path).equals(base(r.target().realPath())) ? r : new Ask(r).real(path).request();
    }

    private static String base(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static boolean asked(List<PolicyDocument> m, Control control) {
        return m.stream().anyMatch(p -> p.controls().has(control));
    }

    private static Set<String> ids(List<PolicyDocument> m, Predicate<PolicyDocument> which) {
        Set<String> ids = new TreeSet<>();
        m.stream().filter(which).forEach(p -> ids.add(p.id()));
        return ids;
    }

    /** {@code DENY} or {@code GIVE} when the policy matches. */
    private Optional<String> matches(PolicyDocument p, EvaluationRequest r, ZonedDateTime at) {
        boolean deny = p.controls().has(Control.DENY);
        Filters f = p.filters();
        Extension e = p.extension();
        boolean gives = p.controls().has(Control.ALLOW) || p.asks();
        boolean onlyDenied = !e.denied().isEmpty() && !gives;
        boolean unsure = deny || onlyDenied;
        boolean filters =
                none(f.users(), u -> user(u, r.user()))
                        && none(f.machines(), m -> machine(m.text(), r.machine().hostname()))
                        && none(f.applications(), a -> app(a.text(), r, unsure))
                        && none(e.folders(), d -> folder(d.text(), r, unsure))
                        && none(List.copyOf(f.days()), d -> d == at.getDayOfWeek().getValue() % 7)
                        && none(f.times(), t -> time(t, at.toLocalTime()))
                        && (e.runAs().isEmpty() || e.runAs().contains(r.runAs()));
        String signed = signed(p, r);
        if (!filters || signed.equals("NO")) {
            return Optional.empty();
        }
        if (e.denied().stream().anyMatch(c -> command(c, r, true))) {
            return Optional.of("DENY");
        }
        boolean root = deny || !e.runAs().isEmpty() || r.runAs().equals("root");
        boolean certain =
                signed.equals("YES")
                        || deny
                        || p.asks()
                        || p.controls().has(Control.RECORD)
                        || e.terms().noExec()
                        || e.terms().intercept()
                        || e.terms().ephemeralAccount()
                        || e.terms().bindCwd()
                        || e.terms().durationMinutes().isPresent();
        return !onlyDenied && certain && root && none(e.commands(), c -> command(c, r, deny))
                ? Optional.of(deny ? "DENY" : "GIVE")
                : Optional.empty();
    }

    private static String signed(PolicyDocument p, EvaluationRequest r) {
        List<String> listed = p.filters().certificates();
        if (none(listed, c -> c.equals("*") || r.target().certificates().contains(c))) {
            return "YES";
        }
        boolean otherDigest =
                listed.stream()
                        .anyMatch(
                                c ->
                                        r.target().certificates().stream()
                                                .noneMatch(print -> print.length() == c.length()));
        boolean unknown = !r.target().certificates().isEmpty() && otherDigest;
        return unknown || !r.target().signerUnknown().isEmpty() ? "UNKNOWN" : "NO";
    }

    private static <T> boolean none(List<T> entries, Predicate<T> fits) {
        return entries.isEmpty() || entries.stream().anyMatch(fits);
    }

    private static boolean user(UserEntry entry, EvaluationRequest.User user) {
        String text = entry.text();
        if (entry instanceof UserEntry.Collected collected) {
            return collected.gathering().members().stream().anyMatch(member -> user(member, user));
        }
        if (text.equals("*")) {
            return true;
        }
        if (text.startsWith("%")) {
            return user.groups().contains(text.substring(1));
        }
        if (text.startsWith("uid:")) {
            return user.uid() == Long.parseLong(text.substring(4));
        }
        if (user.domain().isEmpty()) {
            return text.equals(user.name());
        }
        String domain = user.domain().get().toLowerCase(java.util.Locale.ROOT);
        return text.equals(user.name() + "@" + domain) || text.equals(domain + "\\" + user.name());
    }

    private static boolean machine(String text, String host) {
        return text.equals("*") || text.equals(host) || text.equals(host.split("\\.", -1)[0]);
    }

    private static boolean time(TimeRange range, LocalTime time) {
        int now = time.toSecondOfDay();
        return range.start() < range.end()
                ? range.start() <= now && now < range.end()
                : range.start() <= now || now < range.end();
    }

    private boolean app(String text, EvaluationRequest r, boolean deny) {
        if (text.startsWith("sha256:")) {
            return r.target().sha256().map(text.substring(7)::equals).orElse(deny);
        }
        try {
            Pattern regex = Pattern.compile(regex(text, r));
            return Stream.of(r.target().path(), r.target().realPath())
                    .map(path -> isBare(text) ? path.substring(path.lastIndexOf('/') + 1) : path)
                    .anyMatch(path -> regex.matcher(path).matches());
        } catch (Hole e) {
            return deny;
        }
    }

    private static boolean isBare(String text) {
        return text.indexOf('/') < 0 && !text.startsWith("{home}");
    }

    private String regex(String text, EvaluationRequest r) {
        if (text.equals("/**")) {
            return ".*";
        }
        StringBuilder out = new StringBuilder();
        String[] segments = text.split("/", -1);
        for (int i = 0; i < segments.length; i++) {
            boolean deep = segments[i].equals("**");
            if (deep) {
                out.append(i == segments.length - 1 ? "(?:/[^/]+)+" : "(?:/[^/]+)*");
            } else {
                out.append(i == 0 ? "" : "/").append(segment(segments[i], i == 0, r));
            }
        }
        return out.toString();
    }

    private String segment(String text, boolean first, EvaluationRequest r) {
        String filled = text;
        String home = r.user().home().orElse("");
        if (filled.contains("{home}")) {
            if (home.isEmpty() || !first || !filled.startsWith("{home}")) {
                throw new Hole();
            }
            filled = filled.substring("{home}".length());
        } else {
            home = "";
        }
        StringBuilder out = new StringBuilder(Pattern.quote(home));
        filled = filled.replace("{username}", "\u0001");
        filled.codePoints()
                .forEach(
                        c -> {
                            switch (c) {
                                case '*' -> out.append("[^/]*");
                                case '?' -> out.append("[^/]");
                                case 1 -> out.append(Pattern.quote(r.user().name()));
                                default -> out.append(Pattern.quote(Character.toString(c)));
                            }
                        });
        return out.toString();
    }

    private boolean folder(String text, EvaluationRequest r, boolean deny) {
        String home = r.user().home().orElse("");
        if (text.contains("{home}") && home.isEmpty()) {
            return deny;
        }
        String prefix = text.replace("{home}", home) + "/";
        return Stream.of(r.target().path(), r.target().realPath())
                .anyMatch(path -> path.startsWith(prefix));
    }

    private boolean command(CommandRule rule, EvaluationRequest r, boolean deny) {
        List<String> arguments = r.target().argv().subList(1, r.target().argv().size());
        int places = rule.slots().size();
        return (arguments.size() == places || (rule.open() && arguments.size() > places))
                && app(rule.program().text(), r, deny)
                && IntStream.range(0, places)
                        .allMatch(i -> slot(rule.slots().get(i), arguments.get(i)));
    }

    private static boolean slot(Slot slot, String argument) {
        if (slot instanceof Slot.Literal literal) {
            return argument.equals(literal.value());
        }
        if (slot instanceof Slot.OneOf oneOf) {
            return oneOf.values().contains(argument);
        }
        if (slot instanceof Slot.Regex regex) {
            return Pattern.matches(regex.pattern().pattern(), argument);
        }
        return slot instanceof Slot.Any || Pattern.matches("[^-/.\\s][^/\\s]*", argument);
    }
}
