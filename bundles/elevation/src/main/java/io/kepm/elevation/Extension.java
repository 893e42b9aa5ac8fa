package io.kepm.elevation;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.elevation.Conversation;
import io.kepm.api.elevation.Grant;
import io.kepm.api.elevation.LaunchDecision.Extended;
import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.linux.Targets;
import io.kepm.api.policy.Conditions;
import io.kepm.api.policy.Decision;
import io.kepm.api.policy.Evaluation;
import io.kepm.api.policy.PolicyEngine;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.StorageException;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * More time for a command that runs: what policy says to the very same command now, with the same
 * controls, decides whether and how long. INVARIANT: what would not be let run now gets no more
 * time, and an approval that gives it is used up by that.
 */
final class Extension {

    private static final Logger LOG = LoggerFactory.getLogger(Extension.class);

    private static final Controls.Result.Met NOTHING_ASKED =
            new Controls.Result.Met(Optional.empty(), Optional.empty());

    static final String NOT_LONGER = "not-longer";

    private final PolicyEngine policy;
    private final AuditLog audit;
    private final Accounts accounts;
    private final Targets targets;
    private final Controls controls;
    private final ApprovalWait approvals;
    private final Obstacles obstacles;
    private final Prolonging prolonging;
    private final InstantSource clock;

    Extension(
            PolicyEngine policy,
            AuditLog audit,
            Accounts accounts,
            Targets targets,
            Controls controls,
            ApprovalWait approvals,
            Obstacles obstacles,
            Prolonging prolonging,
            InstantSource clock) {
        this.policy = policy;
        this.audit = audit;
        this.accounts = accounts;
        this.targets = targets;
        this.controls = controls;
        this.approvals = approvals;
        this.obstacles = obstacles;
        this.prolonging = prolonging;
        this.clock = clock;
    }

    Extended ask(StoredGrant stored, Optional<String> reason, Conversation conversation) {
        String id = UUID.randomUUID().toString();
        LaunchRequest launch = launch(stored, reason);
        Records records = new Records(launch, id, launch.runAs());
        try {
            Optional<String> fault = prolonging.fault(stored);
            if (fault.isPresent()) {
                return refused(
                        records, NOT_LONGER, Texts.say("refused.why", fault.get()), List.of());
            }
            Question question = Question.of(launch, id, Question.commandLine(), accounts, targets);
            return answer(stored, new Controls.Asked(launch, conversation, question, records));
        } catch (NameServiceException e) {
            LOG.warn("the name service did not answer: {}", e.getMessage());
            return new Extended.Refused(
                    Launch.NO_NAMES,
                    Texts.fault(Texts.say("fault.names", String.valueOf(e.getMessage()))));
        } catch (StorageException e) {
            LOG.error("an extension could not be recorded: {}", e.getMessage());
            return new Extended.Refused(
                    Launch.NO_RECORD,
                    Texts.fault(Texts.say("fault.record", String.valueOf(e.getMessage()))));
        }
    }

    /** The command of a grant, as somebody would ask for it ahead. */
    private static LaunchRequest launch(StoredGrant stored, Optional<String> reason) {
        AskedAs asked = stored.asked().orElse(new AskedAs("", "/", false, false));
        Grant grant = stored.grant();
        LaunchRequest.Builder request =
                LaunchRequest.by(
                                LaunchRequest.AHEAD,
                                grant.user(),
                                grant.uid(),
                                grant.path(),
                                grant.argv())
                        .runAs(grant.runAs())
                        .edit(asked.edit())
                        .cwd(asked.cwd())
                        .canPrompt(true)
                        .asksInside(asked.inside());
        reason.ifPresent(request::reason);
        return request.build();
    }

    private Extended answer(StoredGrant stored, Controls.Asked asked) throws StorageException {
        Evaluation evaluation = judge(asked);
        Decision decision = evaluation.decision();
        // Nobody has a right of his own to more time.
        Effect effect = Effect.of(decision, asked.caller(), false);
        AuditDraft judged = asked.records().evaluation(asked.question(), evaluation, effect);
        if (effect == Effect.RUN && decision instanceof Decision.Allow allow) {
            return give(stored, asked, allow.conditions(), NOTHING_ASKED, List.of(judged));
        }
        if (effect == Effect.CONTROLS && decision instanceof Decision.Pending pending) {
            return afterControls(stored, asked, pending, judged);
        }
        return refused(
                asked.records(),
                decision.reasons().get(0).code(),
                Texts.refusal(decision, evaluation.revision()),
                List.of(judged));
    }

    private Extended afterControls(
            StoredGrant stored, Controls.Asked asked, Decision.Pending pending, AuditDraft judged)
            throws StorageException {
        Controls.Result result = controls.meet(asked, pending, judged);
        if (result instanceof Controls.Result.Met met) {
            Decision again = judge(asked).decision();
            return again.equals(pending)
                    ? give(stored, asked, pending.conditions(), met, List.of())
                    : refused(
                            asked.records(),
                            again.reasons().get(0).code(),
                            Texts.say("refused.changed.extension"),
                            List.of());
        }
        Controls.Result.NotMet unmet = (Controls.Result.NotMet) result;
        Optional<StoredRequest> waits =
                unmet.code().equals(Launch.WAITING)
                        ? approvals.known(asked, pending.conditions())
                        : Optional.empty();
        return waits.isPresent()
                ? new Extended.Waits(waits.get().shown())
                : refused(asked.records(), unmet.code(), unmet.message(), List.of());
    }

    /**
     * What nobody can give a command that runs already. A new run would get it, so that one is
     * asked for; it costs those a run who have had it from the beginning.
     */
    private Optional<String> beyond(Controls.Asked asked, Conditions conditions) {
        if (policy.redirect(asked.question().request()).isPresent()) {
            return Optional.of(Texts.say("extension.redirect"));
        }
        if (conditions.noExec() || conditions.ephemeralAccount()) {
            return Optional.of(Texts.say("extension.less"));
        }
        boolean same = conditions.runAs().equals(asked.launch().runAs());
        return same ? Optional.empty() : Optional.of(Texts.say("extension.other"));
    }

    private Extended give(
            StoredGrant stored,
            Controls.Asked asked,
            Conditions conditions,
            Controls.Result.Met how,
            List<AuditDraft> before)
            throws StorageException {
        String door = stored.asked().map(AskedAs::door).orElse(LaunchRequest.AHEAD);
        LaunchRequest launch = asked.launch().like().door(door).build();
        Optional<String> obstacle =
                obstacles
                        .of(asked.question(), launch, conditions)
                        .or(() -> beyond(asked, conditions));
        if (obstacle.isPresent()) {
            return refused(
                    asked.records(),
                    Launch.CONDITION,
                    Texts.say("refused.extension", obstacle.get()),
                    before);
        }
        List<AuditDraft> drafts = new ArrayList<>(before);
        how.reason()
                .filter(reason -> !reason.isEmpty() && how.approved().isEmpty())
                .ifPresent(
                        reason ->
                                drafts.add(
                                        asked.records()
                                                .of(AuditType.JUSTIFICATION_RECORDED, "OK")
                                                .reason(reason)
                                                .build()));
        try {
            Prolonging.Result result =
                    prolonging.prolong(stored, asked.caller(), conditions, how, drafts);
            return result instanceof Prolonging.Result.Done done
                    ? new Extended.Done(done.stored().grant())
                    : refused(
                            asked.records(),
                            NOT_LONGER,
                            Texts.say("refused.why", ((Prolonging.Result.Not) result).why()),
                            drafts);
        } catch (RequestBook.Overtaken e) {
            return refused(
                    asked.records(),
                    Launch.CONTROL_PREFIX + "approval",
                    Texts.say("refused.overtaken.extension"),
                    drafts);
        }
    }

    private Evaluation judge(Controls.Asked asked) {
        return asked.question()
                .verdict(policy, ZonedDateTime.ofInstant(clock.instant(), ZoneId.systemDefault()));
    }

    private Extended refused(Records records, String code, String message, List<AuditDraft> before)
            throws StorageException {
        List<AuditDraft> drafts = new ArrayList<>(before);
        drafts.add(records.refused(code, message));
        audit.commit(new Change(List.of(), drafts));
        return new Extended.Refused(code, message);
    }
}
