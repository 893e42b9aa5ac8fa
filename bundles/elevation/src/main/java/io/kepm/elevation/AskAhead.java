package io.kepm.elevation;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.elevation.Conversation;
import io.kepm.api.elevation.LaunchDecision.Ahead;
import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.linux.Targets;
import io.kepm.api.policy.Control;
import io.kepm.api.policy.Decision;
import io.kepm.api.policy.Evaluation;
import io.kepm.api.policy.PolicyEngine;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.StorageException;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asking ahead: the approval of a command is asked for without running it. The same question, the
 * same controls and the same request as {@link Launch} makes, so that the approval serves the
 * command when it comes; INVARIANT: nothing here gives a grant or uses an approval up.
 */
final class AskAhead {

    private static final Logger LOG = LoggerFactory.getLogger(AskAhead.class);

    private final PolicyEngine policy;
    private final AuditLog audit;
    private final Accounts accounts;
    private final Targets targets;
    private final Controls controls;
    private final ApprovalWait approvals;
    private final InstantSource clock;

    AskAhead(
            PolicyEngine policy,
            AuditLog audit,
            Accounts accounts,
            Targets targets,
            Controls controls,
            ApprovalWait approvals,
            InstantSource clock) {
        this.policy = policy;
        this.audit = audit;
        this.accounts = accounts;
        this.targets = targets;
        this.controls = controls;
        this.approvals = approvals;
        this.clock = clock;
    }

    Ahead ask(LaunchRequest launch, Conversation conversation) {
        String requestId = UUID.randomUUID().toString();
        Records records = new Records(launch, requestId, launch.runAs());
        try {
            Question question =
                    Question.of(launch, requestId, Question.commandLine(), accounts, targets);
            return answer(new Controls.Asked(launch, conversation, question, records));
        } catch (NameServiceException e) {
            LOG.warn("the name service did not answer: {}", e.getMessage());
            return new Ahead.Refused(
                    Launch.NO_NAMES,
                    Texts.fault(Texts.say("fault.names", String.valueOf(e.getMessage()))));
        } catch (StorageException e) {
            LOG.error("asking ahead could not be recorded: {}", e.getMessage());
            return new Ahead.Refused(
                    Launch.NO_RECORD,
                    Texts.fault(Texts.say("fault.record", String.valueOf(e.getMessage()))));
        }
    }

    private Ahead answer(Controls.Asked asked) throws StorageException {
        ZonedDateTime now = ZonedDateTime.ofInstant(clock.instant(), ZoneId.systemDefault());
        Evaluation evaluation = asked.question().verdict(policy, now);
        Decision decision = evaluation.decision();
        // Nobody has a right of his own here: what no policy allows can't be approved either.
        Effect effect = Effect.of(decision, asked.caller(), false);
        AuditDraft judged = asked.records().evaluation(asked.question(), evaluation, effect);
        if (effect == Effect.CONTROLS
                && decision instanceof Decision.Pending pending
                && pending.controls().contains(Control.APPROVAL)) {
            return kept(asked, pending, judged);
        }
        if (effect == Effect.RUN || effect == Effect.CONTROLS) {
            audit.commit(Change.record(judged));
            return new Ahead.NotNeeded();
        }
        Evaluation told = new Discretion(policy, false).told(asked, evaluation, now);
        String code = told.decision().reasons().get(0).code();
        String message = Texts.refusal(told.decision(), told.revision());
        audit.commit(
                new Change(List.of(), List.of(judged, asked.records().refused(code, message))));
        return new Ahead.Refused(code, message);
    }

    private Ahead kept(Controls.Asked asked, Decision.Pending pending, AuditDraft judged)
            throws StorageException {
        Controls.Result result = controls.meet(asked, pending, judged);
        if (result instanceof Controls.Result.NotMet unmet
                && !unmet.code().equals(Launch.WAITING)) {
            return refused(asked, unmet.code(), unmet.message());
        }
        Optional<StoredRequest> request =
                result instanceof Controls.Result.Met met
                        ? met.approved()
                        : approvals.known(asked, pending.conditions());
        return request.isPresent()
                ? new Ahead.Kept(request.get().shown())
                : refused(asked, Launch.WAITING, Texts.fault(Texts.say("fault.decided")));
    }

    private Ahead refused(Controls.Asked asked, String code, String message)
            throws StorageException {
        audit.commit(Change.record(asked.records().refused(code, message)));
        return new Ahead.Refused(code, message);
    }
}
