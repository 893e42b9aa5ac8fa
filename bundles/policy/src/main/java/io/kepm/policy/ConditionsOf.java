package io.kepm.policy;

import io.kepm.api.policy.Conditions;
import io.kepm.api.policy.Control;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * The conditions that several policies make together: always the strictest. A restriction holds
 * when any of them states it, a relaxation only when all of them do; durations are the smallest (a
 * policy that states none counts with its default), the length of a justification the largest.
 */
final class ConditionsOf {

    private static final int FILE_MINUTES = 240;
    private static final int MINUTES = 60;

    private final List<Match> matches;

    private int minutes = Integer.MAX_VALUE;
    private boolean timeLimited;
    private List<String> keepEnv = List.of();
    private int justifyMinLength;
    private boolean digestBound;
    private boolean bindCwd;
    private boolean ephemeralAccount;
    private boolean intercept;
    private boolean noExec;
    private boolean allowProtected = true;

    private ConditionsOf(List<Match> matches) {
        this.matches = matches;
    }

    /** Of at least one policy. */
    static Conditions merge(List<Match> matches, Facts facts) {
        ConditionsOf merged = new ConditionsOf(matches);
        Controls controls = Controls.NONE;
        for (int i = 0; i < matches.size(); i++) {
            controls = controls.and(matches.get(i).policy().controls());
            merged.add(matches.get(i), i == 0);
        }
        return merged.conditions(facts, controls);
    }

    private void add(Match match, boolean first) {
        PolicyDocument policy = match.policy();
        Terms terms = policy.terms();
        minutes = Math.min(minutes, minutes(policy));
        timeLimited |= terms.durationMinutes().isPresent();
        keepEnv = first ? terms.keepEnv() : common(keepEnv, terms.keepEnv());
        if (policy.controls().has(Control.JUSTIFY) || policy.controls().has(Control.APPROVAL)) {
            justifyMinLength = Math.max(justifyMinLength, terms.justifyMinLength());
        }
        digestBound |= match.byDigest();
        bindCwd |= terms.bindCwd();
        ephemeralAccount |= terms.ephemeralAccount();
        intercept |= terms.intercept();
        noExec |= terms.noExec();
        allowProtected &= terms.allowProtected();
    }

    private static int minutes(PolicyDocument policy) {
        return policy.terms()
                .durationMinutes()
                .orElse(policy.type() == PolicyType.FILE_ACCESS ? FILE_MINUTES : MINUTES);
    }

    private static List<String> common(List<String> left, List<String> right) {
        return left.isEmpty() ? left : left.stream().filter(right::contains).toList();
    }

    private Conditions conditions(Facts facts, Controls controls) {
        return new Conditions(
                facts.request().runAs(),
                facts.request().target().argv(),
                Duration.ofMinutes(minutes),
                timeLimited,
                keepEnv.isEmpty() ? keepEnv : keepEnv.stream().distinct().sorted().toList(),
                justifyMinLength == 0 ? Terms.JUSTIFY_MIN_LENGTH : justifyMinLength,
                digestBound,
                bindCwd,
                controls.has(Control.RECORD),
                ephemeralAccount,
                intercept,
                noExec,
                allowProtected,
                controls.has(Control.APPROVAL) ? approvals() : List.of(),
                controls.has(Control.NOTIFY) ? notices() : List.of());
    }

    /** Each policy's approvers have to be satisfied; minutes and uses are the smallest of all. */
    private List<Conditions.Approval> approvals() {
        List<PolicyDocument> asking =
                matches.stream()
                        .map(Match::policy)
                        .filter(policy -> policy.controls().has(Control.APPROVAL))
                        .toList();
        int pending = smallest(asking, ApprovalTerms::pendingMinutes);
        int escalated = smallest(asking, ApprovalTerms::escalatedMinutes);
        int usable = smallest(asking, ApprovalTerms::usableMinutes);
        int uses =
                asking.stream()
                        .mapToInt(policy -> policy.approval().uses())
                        .filter(u -> u > 0)
                        .min()
                        .orElse(0);
        List<Conditions.Approval> approvals = new ArrayList<>(asking.size());
        for (PolicyDocument policy : asking) {
            ApprovalTerms terms = policy.approval();
            approvals.add(
                    new Conditions.Approval(
                            policy.ref(),
                            terms.requiredApprovers(),
                            terms.approvers(),
                            terms.escalateTo(),
                            pending,
                            escalated,
                            usable,
                            uses));
        }
        return approvals;
    }

    private static int smallest(
            List<PolicyDocument> policies, ToIntFunction<ApprovalTerms> minutes) {
        return policies.stream()
                .map(PolicyDocument::approval)
                .mapToInt(minutes)
                .min()
                .orElseThrow();
    }

    private List<String> notices() {
        return matches.stream()
                .map(Match::policy)
                .filter(policy -> policy.controls().has(Control.NOTIFY))
                .map(PolicyDocument::notice)
                .filter(notice -> !notice.isBlank())
                .distinct()
                .toList();
    }
}
