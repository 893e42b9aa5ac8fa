package io.kepm.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Finds policies in force that never have a say, because another one denies whatever they match.
 * Several that do so only together are not found.
 */
final class Reach {

    /** More pairs than that are not looked at: a check is to end within seconds. */
    private static final long MAX_PAIRS = 5_000_000;

    private final List<PolicyDocument> giving = new ArrayList<>();
    private final List<PolicyDocument> taking = new ArrayList<>();

    Reach(List<PolicyDocument> policies) {
        for (PolicyDocument policy : policies) {
            if (policy.status() == PolicyStatus.ENFORCE && !policy.type().isStanding()) {
                if (policy.denies() || !policy.extension().denied().isEmpty()) {
                    taking.add(policy);
                }
                if (!policy.onlyRefuses()) {
                    giving.add(policy);
                }
            }
        }
    }

    List<Fault> look() {
        List<Fault> warnings = new ArrayList<>();
        if ((long) giving.size() * taking.size() > MAX_PAIRS) {
            warnings.add(
                    new Fault(
                            "",
                            "",
                            "",
                            "too many policies to look for those that never have a say"));
            return warnings;
        }
        for (PolicyDocument policy : giving) {
            Optional<PolicyDocument> deny =
                    taking.stream()
                            .filter(
                                    other ->
                                            !other.id().equals(policy.id())
                                                    && covers(other, policy))
                            .findFirst();
            deny.ifPresent(
                    other ->
                            warnings.add(
                                    new Fault(
                                            policy.file(),
                                            policy.id(),
                                            "",
                                            "never has a say: policy `"
                                                    + other.id()
                                                    + "` denies everything that it matches")));
        }
        return warnings;
    }

    private static boolean covers(PolicyDocument deny, PolicyDocument policy) {
        return ofType(deny.type(), policy.type())
                && ofWho(deny.filters(), policy.filters())
                && ofWhen(deny.filters(), policy.filters())
                && ofCertificates(deny, policy)
                && ofTarget(deny.extension(), policy.extension())
                && ofApplications(deny.filters().applications(), policy)
                && ofDenied(deny, policy);
    }

    private static boolean ofType(PolicyType deny, PolicyType policy) {
        return deny == policy || (deny == PolicyType.PRIVILEGE_ELEVATION && policy.isElevation());
    }

    private static boolean ofWho(Filters deny, Filters policy) {
        boolean everyone =
                deny.users().isEmpty()
                        || deny.users().stream().anyMatch(u -> u instanceof UserEntry.Anyone);
        boolean everywhere =
                deny.machines().isEmpty()
                        || deny.machines().stream().anyMatch(m -> m instanceof MachineEntry.Any);
        return (everyone || ofKeys(deny.users(), policy.users(), Reach::key))
                && (everywhere || ofKeys(deny.machines(), policy.machines(), Reach::key));
    }

    private static boolean ofWhen(Filters deny, Filters policy) {
        return within(deny.dates(), policy.dates(), DateRange::text)
                && within(deny.times(), policy.times(), range -> range.start() + " " + range.end())
                && within(List.copyOf(deny.days()), List.copyOf(policy.days()), day -> day);
    }

    private static boolean ofCertificates(PolicyDocument deny, PolicyDocument policy) {
        List<String> listed = deny.filters().certificates();
        return !deny.type().honoursCertificates()
                || listed.contains("*")
                || within(listed, policy.filters().certificates(), print -> print);
    }

    private static boolean ofTarget(Extension deny, Extension policy) {
        Set<String> runAs =
                Set.copyOf(policy.runAs().isEmpty() ? List.of(Matcher.ROOT) : policy.runAs());
        return (deny.runAs().isEmpty() || deny.runAs().containsAll(runAs))
                && deny.access().containsAll(policy.access())
                && deny.minAiLikelihood() <= policy.minAiLikelihood()
                && within(deny.folders(), policy.folders(), PathPrefix::text)
                && within(deny.urls(), policy.urls(), UrlPattern::text)
                && (deny.paths().isEmpty() || ofEntries(deny.paths(), policy.paths()));
    }

    private static boolean ofApplications(List<AppEntry> deny, PolicyDocument policy) {
        List<CommandRule> commands = policy.extension().commands();
        boolean ofPrograms =
                !commands.isEmpty()
                        && commands.stream()
                                .allMatch(
                                        rule ->
                                                deny.stream()
                                                        .anyMatch(
                                                                entry ->
                                                                        Coverage.ofProgram(
                                                                                entry,
                                                                                rule.program())));
        return deny.isEmpty() || ofPrograms || ofEntries(deny, policy.filters().applications());
    }

    private static boolean ofEntries(List<AppEntry> deny, List<AppEntry> policy) {
        boolean everything = deny.stream().anyMatch(entry -> entry instanceof AppEntry.Any);
        return everything
                || (!policy.isEmpty()
                        && policy.stream()
                                .allMatch(
                                        inner ->
                                                deny.stream()
                                                        .anyMatch(
                                                                entry ->
                                                                        Coverage.ofApplication(
                                                                                entry, inner))));
    }

    /** A policy denies by its control, or what it lists as denied. */
    private static boolean ofDenied(PolicyDocument deny, PolicyDocument policy) {
        List<CommandRule> commands = deny.extension().commands();
        return (deny.denies() && (commands.isEmpty() || ofRules(commands, policy)))
                || ofRules(deny.extension().denied(), policy);
    }

    private static boolean ofRules(List<CommandRule> deny, PolicyDocument policy) {
        List<CommandRule> commands = policy.extension().commands();
        if (!commands.isEmpty()) {
            return commands.stream()
                    .allMatch(
                            inner -> deny.stream().anyMatch(rule -> Coverage.ofRule(rule, inner)));
        }
        List<AppEntry> whole =
                deny.stream()
                        .filter(rule -> rule.open() && rule.slots().isEmpty())
                        .<AppEntry>map(rule -> new AppEntry.Located(rule.program()))
                        .toList();
        return ofEntries(whole, policy.filters().applications());
    }

    /** Whether a filter is no limit, or holds all that the narrower one lists. */
    private static <E, K> boolean within(List<E> wide, List<E> narrow, Function<E, K> key) {
        return wide.isEmpty() || ofKeys(wide, narrow, key);
    }

    private static <E, K> boolean ofKeys(List<E> wide, List<E> narrow, Function<E, K> key) {
        Set<K> keys = wide.stream().map(key).collect(Collectors.toSet());
        return !narrow.isEmpty() && narrow.stream().map(key).allMatch(keys::contains);
    }

    private static String key(UserEntry entry) {
        if (entry instanceof UserEntry.Name name) {
            return "user:" + name.name();
        }
        if (entry instanceof UserEntry.Group group) {
            return "group:" + group.group();
        }
        return entry instanceof UserEntry.InDomain user
                ? user.domain().toLowerCase(Locale.ROOT) + "\\" + user.name() + "\\" + user.whole()
                : entry.text();
    }

    private static String key(MachineEntry entry) {
        return entry instanceof MachineEntry.Host host
                ? host.host()
                : entry.text().toLowerCase(Locale.ROOT);
    }
}
