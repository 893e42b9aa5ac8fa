package io.kepm.https;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.json.Fields;
import io.kepm.api.linux.Accounts.Account;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.linux.Targets;
import io.kepm.api.policy.Decision;
import io.kepm.api.policy.DecisionJson;
import io.kepm.api.policy.Evaluation;
import io.kepm.api.policy.EvaluationForm;
import io.kepm.api.policy.EvaluationRequest;
import io.kepm.api.policy.EvaluationRequest.Machine;
import io.kepm.api.policy.PolicyEngine;
import io.kepm.api.policy.PolicyRecords;
import io.kepm.api.policy.SourceLimits;
import io.kepm.api.storage.StorageException;
import java.time.Clock;
import java.time.ZonedDateTime;
import java.util.Optional;

/**
 * Asks policy, and puts the decision on record before it is answered. A user asks for oneself: who
 * that is, is what the kernel and the name service say. The answer is information, never a right.
 */
final class EvaluateAction implements Action {

    private final PolicyEngine engine;
    private final SourceLimits sources;
    private final AuditLog audit;
    private final People people;
    private final Targets targets;
    private final Clock clock;

    EvaluateAction(
            PolicyEngine engine,
            SourceLimits sources,
            AuditLog audit,
            People people,
            Targets targets,
            Clock clock) {
        this.engine = engine;
        this.sources = sources;
        this.audit = audit;
        this.people = people;
        this.targets = targets;
        this.clock = clock;
    }

    @Override
    public Answer answer(Call call) throws StorageException, NameServiceException {
        return call.caller().tier().covers(Tier.PLUGIN) ? forAnyone(call) : forOneself(call);
    }

    private Answer forAnyone(Call call) throws StorageException {
        Fields fields = new Fields(call.body());
        EvaluationForm form = new EvaluationForm(fields);
        EvaluationRequest request =
                form.request(
                        form.describedId(), form.describedUser(), form.describedMachine(here()));
        ZonedDateTime at = form.describedInstant(ZonedDateTime.now(clock));
        return decided(call, fields, request, at);
    }

    private Answer forOneself(Call call) throws StorageException, NameServiceException {
        Optional<Account> account = people.account(call.caller());
        if (account.isEmpty()) {
            return Answer.problem(403, "there is no account for your user id");
        }
        Fields fields = new Fields(call.body());
        EvaluationForm form = new EvaluationForm(fields);
        Optional<String> claimed = form.claimedName();
        if (claimed.isPresent() && !claimed.get().equals(account.get().name())) {
            return Answer.problem(403, "you may ask for yourself only: leave out `user`");
        }
        EvaluationRequest request =
                form.request(EvaluationForm.freshId(), people.facts(account.get()), here());
        return decided(call, fields, request, ZonedDateTime.now(clock));
    }

    private Answer decided(Call call, Fields fields, EvaluationRequest request, ZonedDateTime at)
            throws StorageException {
        if (!fields.faults().isEmpty()) {
            judged(call, true);
            return Answer.invalid(fields.faults());
        }
        Evaluation evaluation = engine.evaluate(request, at);
        judged(call, evaluation.decision() instanceof Decision.Deny);
        audit.append(record(call.caller(), PolicyRecords.asked(request, evaluation, "api", at)));
        return Answer.ok(DecisionJson.of(request.requestId(), evaluation, call.caller().isAdmin()));
    }

    private void judged(Call call, boolean failed) {
        if (!call.caller().isAdmin()) {
            sources.judged(
                    SourceLimits.Source.user(call.caller().uid()), call.caller().session(), failed);
        }
    }

    /** The record also says who asked, and how. */
    private static AuditDraft record(Caller caller, AuditDraft.Builder draft) {
        if (!caller.via().isEmpty()) {
            draft.detail("via", caller.via());
        }
        if (caller.isAdmin()) {
            draft.admin(caller.info());
        }
        return draft.build();
    }

    private Machine here() {
        return new Machine(targets.hostname(), "linux");
    }
}
