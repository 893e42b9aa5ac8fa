package io.kepm.elevation;

import io.kepm.api.policy.Conditions;
import io.kepm.api.policy.Decision;
import io.kepm.api.policy.Evaluation;
import io.kepm.api.policy.EvaluationRequest;
import io.kepm.api.policy.PolicyEngine;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A policy engine under which no right lasts longer than the site lets any ({@code
 * Elevation.LongestGrantMinutes}): what a policy gives beyond is cut, counts as a stated limit, and
 * the person is told. An approval waits no longer to be used either. Everything that is decided
 * here asks this one.
 */
record LongestGrant(PolicyEngine policy, Duration most) implements PolicyEngine {

    @Override
    public Evaluation evaluate(EvaluationRequest request, ZonedDateTime at) {
        return cut(policy.evaluate(request, at));
    }

    @Override
    public Explanation explain(EvaluationRequest request, ZonedDateTime at) {
        Explanation whole = policy.explain(request, at);
        return new Explanation(cut(whole.evaluation()), whole.considered(), whole.redirect());
    }

    private Evaluation cut(Evaluation evaluation) {
        Decision decision = evaluation.decision();
        if (decision instanceof Decision.Allow allow && isLonger(allow.conditions())) {
            decision = new Decision.Allow(cut(allow.conditions()), allow.reasons());
        } else if (decision instanceof Decision.Pending pending && isLonger(pending.conditions())) {
            decision =
                    new Decision.Pending(
                            pending.controls(), cut(pending.conditions()), pending.reasons());
        } else {
            return evaluation;
        }
        return evaluation.with(decision);
    }

    private boolean isLonger(Conditions conditions) {
        return lastsLonger(conditions) || conditions.approvals().stream().anyMatch(this::isLonger);
    }

    private boolean lastsLonger(Conditions conditions) {
        return conditions.validFor().compareTo(most) > 0;
    }

    private boolean isLonger(Conditions.Approval approval) {
        return approval.usableMinutes() > most.toMinutes();
    }

    private Conditions cut(Conditions c) {
        List<String> notices = new ArrayList<>(c.notices());
        if (lastsLonger(c)) {
            notices.add(Texts.cutShort(most, c.validFor()));
        }
        return new Conditions(
                c.runAs(),
                c.argv(),
                lastsLonger(c) ? most : c.validFor(),
                c.timeLimited() || lastsLonger(c),
                c.keepEnv(),
                c.justifyMinLength(),
                c.digestBound(),
                c.bindCwd(),
                c.record(),
                c.ephemeralAccount(),
                c.intercept(),
                c.noExec(),
                c.allowProtected(),
                c.approvals().stream().map(this::cut).toList(),
                notices);
    }

    private Conditions.Approval cut(Conditions.Approval a) {
        return isLonger(a)
                ? new Conditions.Approval(
                        a.policy(),
                        a.requiredApprovers(),
                        a.approvers(),
                        a.escalateTo(),
                        a.pendingMinutes(),
                        a.escalatedMinutes(),
                        (int) most.toMinutes(),
                        a.uses())
                : a;
    }

    @Override
    public Optional<Redirect> redirect(EvaluationRequest request) {
        return policy.redirect(request);
    }

    @Override
    public Status status() {
        return policy.status();
    }

    @Override
    public List<Summary> policies() {
        return policy.policies();
    }

    @Override
    public List<Entitlement> entitlements(
            EvaluationRequest.User user, EvaluationRequest.Machine machine) {
        return policy.entitlements(user, machine);
    }

    @Override
    public List<Configuration> configurations(EvaluationRequest.Machine machine) {
        return policy.configurations(machine);
    }

    @Override
    public List<String> judgedInside() {
        return policy.judgedInside();
    }

    @Override
    public Status reload() {
        return policy.reload();
    }

    @Override
    public List<String> check(String document) {
        return policy.check(document);
    }
}
