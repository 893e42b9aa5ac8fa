package io.kepm.policy;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whether a policy of a considered type applies to a request (policy.md §3 and §6). */
final class Matcher {

    static final String ROOT = "root";

    private Matcher() {}

    static Optional<Match> match(PolicyDocument policy, Facts facts) {
        boolean denies = policy.denies();
        Filters filters = policy.filters();
        if (!users(filters, facts) || !machines(filters, facts) || !clock(filters, facts)) {
            return Optional.empty();
        }
        Fit what = what(policy, facts);
        Signed signed = Signed.of(policy, facts.request().target());
        if (!what.matches(policy.onlyRefuses()) || signed == Signed.NO) {
            return Optional.empty();
        }
        if (policy.type().isElevation()) {
            return command(policy, facts, what, signed);
        }
        return signed == Signed.YES || policy.binds()
                ? Optional.of(Match.of(policy, denies, what, signed))
                : Optional.empty();
    }

    private static Optional<Match> command(
            PolicyDocument policy, Facts facts, Fit what, Signed signed) {
        Extension extension = policy.extension();
        if (!runAsNamed(extension, facts)) {
            return Optional.empty();
        }
        if (deniedCommand(extension, facts)) {
            return Optional.of(Match.of(policy, true, what, signed));
        }
        Fit command = allowedCommand(policy, facts);
        boolean covers = runAs(policy, facts) && command.matches(policy.denies());
        boolean counts = signed == Signed.YES || policy.binds();
        return covers && counts && !policy.onlyDeniedCommands()
                ? Optional.of(Match.of(policy, policy.denies(), what.and(command), signed))
                : Optional.empty();
    }

    static boolean users(Filters filters, Facts facts) {
        return filters.users().isEmpty()
                || Fit.any(filters.users(), entry -> entry.fit(facts)) == Fit.YES;
    }

    static boolean machines(Filters filters, Facts facts) {
        return filters.machines().isEmpty()
                || Fit.any(filters.machines(), entry -> entry.fit(facts)) == Fit.YES;
    }

    static boolean clock(Filters filters, Facts facts) {
        return dates(filters, facts) && times(filters, facts) && days(filters, facts);
    }

    static boolean dates(Filters filters, Facts facts) {
        return filters.dates().isEmpty()
                || filters.dates().stream().anyMatch(range -> range.contains(facts));
    }

    static boolean times(Filters filters, Facts facts) {
        return filters.times().isEmpty()
                || filters.times().stream().anyMatch(range -> range.contains(facts));
    }

    static boolean days(Filters filters, Facts facts) {
        return filters.days().isEmpty()
                || filters.days().contains(facts.at().getDayOfWeek().getValue() % 7);
    }

    /** Everything that limits what is asked for, apart from commands. */
    static Fit what(PolicyDocument policy, Facts facts) {
        Extension extension = policy.extension();
        if (!extension.access().contains(facts.request().access())
                || facts.request().aiLikelihoodPercent() < extension.minAiLikelihood()) {
            return Fit.NO;
        }
        return anyOrNone(policy.filters().applications(), facts)
                .and(anyOrNone(extension.paths(), facts))
                .and(folders(extension, facts))
                .and(urls(extension, facts));
    }

    static Fit anyOrNone(List<AppEntry> entries, Facts facts) {
        return entries.isEmpty() ? Fit.YES : Fit.any(entries, entry -> entry.fit(facts));
    }

    static Fit folders(Extension extension, Facts facts) {
        return extension.folders().isEmpty() ? Fit.YES : Fit.any(extension.folders(), facts::fit);
    }

    static Fit urls(Extension extension, Facts facts) {
        return extension.urls().isEmpty()
                ? Fit.YES
                : Fit.any(extension.urls(), url -> url.fit(facts));
    }

    /** A policy that names {@code RunAs} is about those users only. */
    static boolean runAsNamed(Extension extension, Facts facts) {
        return extension.runAs().isEmpty() || extension.runAs().contains(facts.request().runAs());
    }

    /** One that does not gives root only, and denies whoever it is. */
    static boolean runAs(PolicyDocument policy, Facts facts) {
        return runAsNamed(policy.extension(), facts)
                && (!policy.extension().runAs().isEmpty()
                        || policy.denies()
                        || facts.request().runAs().equals(ROOT));
    }

    static boolean deniedCommand(Extension extension, Facts facts) {
        return !extension.denied().isEmpty()
                && Fit.any(extension.denied(), rule -> rule.fit(facts)).matches(true);
    }

    static Fit allowedCommand(PolicyDocument policy, Facts facts) {
        List<CommandRule> commands = policy.extension().commands();
        return commands.isEmpty() ? Fit.YES : Fit.any(commands, rule -> rule.fit(facts));
    }

    /** The groups that make an administrator. */
    static boolean isAdministrator(Facts facts, Set<String> adminGroups) {
        return facts.request().user().uid() == 0
                || facts.request().user().groups().stream().anyMatch(adminGroups::contains);
    }
}
