package io.kepm.policy;

import io.kepm.api.policy.EvaluationRequest;
import io.kepm.api.policy.Reason.FilterVerdict;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What each filter of a policy says to a request, whether or not an earlier one said no. Found out
 * when it is first read: for the record of a decision, or for somebody who asks why.
 */
final class Verdicts extends AbstractList<FilterVerdict> {

    private static final List<String> DAYS =
            List.of("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat");

    private final PolicyDocument policy;
    private final Facts facts;
    private List<FilterVerdict> verdicts = List.of();
    private boolean known;

    Verdicts(PolicyDocument policy, Facts facts) {
        this.policy = policy;
        this.facts = facts;
    }

    @Override
    public FilterVerdict get(int index) {
        return verdicts().get(index);
    }

    @Override
    public int size() {
        return verdicts().size();
    }

    /** The facts are shared by all reasons of a decision, and serve one thread at a time. */
    private List<FilterVerdict> verdicts() {
        synchronized (facts) {
            if (!known) {
                verdicts = new ArrayList<>();
                filters();
                extension();
                known = true;
            }
        }
        return verdicts;
    }

    private void filters() {
        Filters filters = policy.filters();
        boolean denies = policy.denies();
        add(FilterParser.USERS, filters.users(), UserEntry::text, e -> e.fit(facts), denies);
        add(
                FilterParser.MACHINES,
                filters.machines(),
                MachineEntry::text,
                e -> e.fit(facts),
                denies);
        add(
                FilterParser.APPLICATIONS,
                filters.applications(),
                AppEntry::text,
                e -> e.fit(facts),
                policy.onlyRefuses());
        if (policy.type().honoursCertificates() && !filters.certificates().isEmpty()) {
            certificates(facts.request().target());
        }
        add(
                FilterParser.DATES,
                filters.dates(),
                DateRange::text,
                e -> Fit.of(e.contains(facts)),
                denies);
        add(
                FilterParser.TIMES,
                filters.times(),
                TimeRange::text,
                e -> Fit.of(e.contains(facts)),
                denies);
        if (!filters.days().isEmpty()) {
            verdict(FilterParser.DAYS, Matcher.days(filters, facts), days(filters.days()));
        }
    }

    private void certificates(EvaluationRequest.Target target) {
        Signed signed = Signed.of(policy, target);
        boolean counts = policy.binds() || !policy.extension().denied().isEmpty();
        String unsigned =
                target.certificates().isEmpty()
                        ? "the request carries no certificate"
                        : "compared by thumbprint";
        verdict(
                FilterParser.CERTIFICATES,
                signed == Signed.YES || (signed == Signed.UNKNOWN && counts),
                signed == Signed.UNKNOWN
                        ? "who signed it is not known: " + Signed.doubt(policy, target)
                        : unsigned);
    }

    private static String days(Set<Integer> days) {
        return days.stream().sorted().map(DAYS::get).collect(Collectors.joining(", "));
    }

    private void extension() {
        Extension extension = policy.extension();
        boolean denies = policy.denies();
        add("Folders", extension.folders(), PathPrefix::text, facts::fit, policy.onlyRefuses());
        add("Paths", extension.paths(), AppEntry::text, e -> e.fit(facts), policy.onlyRefuses());
        add("Urls", extension.urls(), UrlPattern::text, e -> e.fit(facts), policy.onlyRefuses());
        if (extension.minAiLikelihood() > 0) {
            verdict(
                    "minAiLikelihoodPercent",
                    facts.request().aiLikelihoodPercent() >= extension.minAiLikelihood(),
                    Integer.toString(extension.minAiLikelihood()));
        }
        if (policy.type().isElevation()) {
            commands(extension, denies);
        }
    }

    private void commands(Extension extension, boolean denies) {
        boolean denied = Matcher.deniedCommand(extension, facts);
        if (!extension.denied().isEmpty()) {
            add("DenyCommands", extension.denied(), CommandRule::text, e -> e.fit(facts), true);
        }
        if (!denied) {
            add("Commands", extension.commands(), CommandRule::text, e -> e.fit(facts), denies);
        }
        boolean runAs =
                denied ? Matcher.runAsNamed(extension, facts) : Matcher.runAs(policy, facts);
        if (!extension.runAs().isEmpty() || !runAs) {
            verdict(
                    "RunAs",
                    runAs,
                    extension.runAs().isEmpty()
                            ? Matcher.ROOT
                            : String.join(", ", extension.runAs()));
        }
    }

    private <E> void add(
            String filter,
            List<E> entries,
            Function<E, String> text,
            Function<E, Fit> judge,
            boolean denies) {
        for (E entry : entries) {
            if (judge.apply(entry).matches(denies)) {
                verdict(filter, true, text.apply(entry));
                return;
            }
        }
        if (!entries.isEmpty()) {
            String shown = entries.stream().limit(5).map(text).collect(Collectors.joining(", "));
            verdict(filter, false, entries.size() > 5 ? shown + ", …" : shown);
        }
    }

    private void verdict(String filter, boolean matched, String detail) {
        verdicts.add(new FilterVerdict(filter, matched, detail));
    }
}
