package io.kepm.elevation;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.elevation.Conversation;
import io.kepm.api.elevation.LaunchAnswer;
import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.linux.Targets;
import io.kepm.api.policy.Conditions;
import io.kepm.api.policy.Decision;
import io.kepm.api.policy.Evaluation;
import io.kepm.api.policy.PolicyEngine;
import io.kepm.api.policy.PolicyRef;
import io.kepm.api.policy.Reason;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.StorageException;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one launch decision: facts, guards and policy, controls, grant (made by {@link Granting}),
 * durable record, in this order. Every answer is on record before it is returned. Many threads may
 * ask at once; they share nothing but the services, which are safe for that.
 */
final class Launch {

    private static final Logger LOG = LoggerFactory.getLogger(Launch.class);

    static final String NO_NAMES = "name-service";
    static final String NO_RECORD = "audit";
    private static final String NO_LIMIT = "time-limit";
    private static final String BROKEN = "fault";

    /** What refuses: a condition that can't be kept, a control that was not met. */
    static final String CONDITION = "condition";

    /** What refuses: what would run in its place. */
    static final String REDIRECT = "redirect";

    /** What refuses: policy would let it run, but it is not there. */
    static final String NOT_FOUND = "not_found";

    static final String CONTROL_PREFIX = "control:";

    /** Nothing refuses it: somebody has still to decide it. */
    static final String WAITING = "waiting:approval";

    /** Nothing refused it: nobody decided it in time. */
    static final String EXPIRED = "expired:approval";

    private static final Controls.Result.Met NOTHING_ASKED =
            new Controls.Result.Met(Optional.empty(), Optional.empty());

    /** Codes of refusals that are a fault of ours and say nothing about who asked. */
    static final Set<String> FAULTS = Set.of(NO_NAMES, NO_RECORD, NO_LIMIT, BROKEN);

    private final PolicyEngine policy;
    private final AuditLog audit;
    private final Accounts accounts;
    private final Targets targets;
    private final Granting granting;
    private final Obstacles obstacles;
    private final Substitutes substitutes;
    private final OwnRights ownRights;
    private final Controls controls;
    private final Acknowledgement acknowledgement;
    private final Discretion discretion;
    private final boolean unmatchedForOthers;
    private final InstantSource clock;
    private final Faults faults;

    Launch(
            PolicyEngine policy,
            AuditLog audit,
            Accounts accounts,
            Targets targets,
            Granting granting,
            Controls controls,
            boolean unmatchedForOthers,
            InstantSource clock) {
        this.policy = policy;
        this.audit = audit;
        this.accounts = accounts;
        this.targets = targets;
        this.granting = granting;
        obstacles = new Obstacles(policy, granting);
        substitutes = new Substitutes(accounts, targets);
        ownRights = new OwnRights(policy, accounts, targets, unmatchedForOthers);
        this.controls = controls;
        acknowledgement = new Acknowledgement(audit);
        discretion = new Discretion(policy, unmatchedForOthers);
        this.unmatchedForOthers = unmatchedForOthers;
        this.clock = clock;
        faults = new Faults(audit, ownRights, this::now);
    }

    /** What is answered when nobody can decide. */
    Faults faults() {
        return faults;
    }

    LaunchAnswer decide(LaunchRequest launch, Conversation conversation) {
        String requestId = UUID.randomUUID().toString();
        Records records = new Records(launch, requestId, launch.runAs());
        // Until the groups are known, somebody counts as governed: a fault then gives nothing.
        Caller caller = launch.uid() == 0 ? Caller.ROOT : Caller.GOVERNED;
        try {
            Question question =
                    Question.of(launch, requestId, Question.commandLine(), accounts, targets);
            caller = question.caller();
            return answer(new Controls.Asked(launch, conversation, question, records));
        } catch (Nameless e) {
            return faults.nameless(faults.bound(caller, e.question), records, e);
        } catch (NameServiceException e) {
            return faults.nameless(caller, records, e);
        } catch (StorageException e) {
            LOG.error("a launch decision could not be recorded: {}", e.getMessage());
            return faults.answer(
                    faults.bound(caller, launch),
                    records,
                    NO_RECORD,
                    Texts.say("fault.record", String.valueOf(e.getMessage())));
        } catch (Granting.Unbound e) {
            LOG.error("a grant could not be given: {}", e.getMessage());
            return faults.answer(caller, records, NO_LIMIT, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.error("a launch decision failed", e);
            return faults.answer(
                    faults.bound(caller, launch),
                    records,
                    BROKEN,
                    Texts.say("fault.undecided", e.getClass().getSimpleName()));
        }
    }

    PolicyEngine.Explanation explain(LaunchRequest launch, String eventType)
            throws NameServiceException {
        Question question =
                Question.of(
                        launch,
                        UUID.randomUUID().toString(),
                        eventType,
                        accounts,
                        targets,
                        launch.descriptor().isEmpty());
        return policy.explain(question.request(), now());
    }

    private LaunchAnswer answer(Controls.Asked first)
            throws StorageException, Granting.Unbound, Nameless {
        Controls.Asked asked = first;
        Evaluation evaluation = judge(asked.question());
        Optional<Set<PolicyRef>> read = acknowledgement.asked(asked, evaluation);
        if (read.isPresent()) {
            asked = first.with(afresh(first), read.get());
            evaluation = judge(asked.question());
        }
        return judged(asked, evaluation);
    }

    /** The person had time: what counts is who asks, what for, and the set in force now. */
    private Question afresh(Controls.Asked asked) throws Nameless {
        try {
            return Question.of(
                    asked.launch(),
                    asked.records().requestId(),
                    Question.commandLine(),
                    accounts,
                    targets);
        } catch (NameServiceException e) {
            throw new Nameless(asked.question(), e);
        }
    }

    /** Names are not known any more of somebody whom policy was asked about before. */
    private static final class Nameless extends Exception {
        private final transient Question question;

        Nameless(Question question, NameServiceException cause) {
            super(cause.getMessage(), cause);
            this.question = question;
        }
    }

    private LaunchAnswer judged(Controls.Asked asked, Evaluation evaluation)
            throws StorageException, Granting.Unbound, Nameless {
        Effect effect = Effect.of(evaluation.decision(), asked.caller(), unmatchedForOthers);
        AuditDraft judged = asked.records().evaluation(asked.question(), evaluation, effect);
        if (asked.launch().isForNoProgram()
                && (effect == Effect.RUN || effect == Effect.CONTROLS)) {
            // Only who may run it is told so: others get the answer of one that is there.
            String text = Texts.say("refused.missing", asked.launch().path());
            return refuse(asked, NOT_FOUND, text, List.of(judged));
        }
        if (effect == Effect.RUN) {
            Decision.Allow allow = (Decision.Allow) evaluation.decision();
            List<AuditDraft> before = new ArrayList<>(List.of(judged));
            asked.launch().reason().flatMap(reason -> told(asked, reason)).ifPresent(before::add);
            return run(
                    asked,
                    new Granting.Terms(allow.conditions(), evaluation, NOTHING_ASKED),
                    before);
        }
        if (effect == Effect.CONTROLS) {
            return meetControls(asked, (Decision.Pending) evaluation.decision(), judged);
        }
        if (effect == Effect.OWN_RIGHT) {
            Optional<Evaluation> bound = boundAllTheSame(asked, evaluation.decision());
            if (bound.isPresent()) {
                AuditDraft also =
                        asked.records().evaluation(asked.question(), bound.get(), Effect.REFUSE);
                return refuse(
                        asked,
                        Reason.POLICY,
                        Texts.refusal(evaluation.decision(), evaluation.revision()),
                        List.of(judged, also));
            }
            String why = evaluation.decision().reasons().get(0).text();
            audit.commit(Change.record(judged, asked.records().ownRight(why)));
            return new LaunchAnswer.OwnRight(
                    asked.records().requestId(),
                    Acknowledgement.notices(asked, evaluation, List.of()));
        }
        Evaluation told = discretion.told(asked, evaluation, now());
        String code = told.decision().reasons().get(0).code();
        String refusal = Texts.refusal(told.decision(), told.revision());
        List<String> lines = Acknowledgement.notices(asked, told, List.of(refusal));
        return refuse(asked, code, String.join("\n", lines), List.of(judged));
    }

    /** A reason that no policy asks for is on record all the same, but stops nobody. */
    private static Optional<AuditDraft> told(Controls.Asked asked, String reason) {
        return Justification.fault(reason, 1).isEmpty()
                ? Optional.of(justified(asked, reason.strip()))
                : Optional.empty();
    }

    private static AuditDraft justified(Controls.Asked asked, String reason) {
        return asked.records().of(AuditType.JUSTIFICATION_RECORDED, "OK").reason(reason).build();
    }

    /** What policy holds against what a guard alone would leave to somebody's own right. */
    private Optional<Evaluation> boundAllTheSame(Controls.Asked asked, Decision decision) {
        return decision.reasons().get(0).isGuard() && asked.caller() != Caller.ROOT
                ? ownRights.against(asked.question(), now())
                : Optional.empty();
    }

    private LaunchAnswer meetControls(
            Controls.Asked asked, Decision.Pending pending, AuditDraft judged)
            throws StorageException, Granting.Unbound, Nameless {
        Optional<String> obstacle =
                obstacles.of(asked.question(), asked.launch(), pending.conditions());
        if (obstacle.isPresent()) {
            return obstructed(asked, pending.conditions(), obstacle.get(), List.of(judged));
        }
        Controls.Result result = controls.meet(asked, pending, judged);
        if (result instanceof Controls.Result.NotMet unmet) {
            return refuse(asked, unmet.code(), unmet.message(), List.of());
        }
        return afterControls(
                asked.with(afresh(asked), asked.shown()), pending, (Controls.Result.Met) result);
    }

    /** Much may have changed while the person was asked: what counts is what is so now. */
    private LaunchAnswer afterControls(
            Controls.Asked asked, Decision.Pending met, Controls.Result.Met how)
            throws StorageException, Granting.Unbound {
        Evaluation again = judge(asked.question());
        Decision decision = again.decision();
        // The justification of an approved request is on record since it was made.
        List<AuditDraft> justified =
                how.reason().isEmpty() || how.approved().isPresent()
                        ? List.of()
                        : List.of(justified(asked, how.reason().get()));
        if (decision instanceof Decision.Allow allow) {
            return run(asked, new Granting.Terms(allow.conditions(), again, how), justified);
        }
        if (decision instanceof Decision.Pending pending
                && new MetControls(met, how).stillDo(asked, pending)) {
            return run(asked, new Granting.Terms(pending.conditions(), again, how), justified);
        }
        AuditDraft judged = asked.records().evaluation(asked.question(), again, Effect.REFUSE);
        String text =
                decision instanceof Decision.Pending
                        ? Texts.say("refused.changed")
                        : Texts.refusal(decision, again.revision());
        List<AuditDraft> drafts = new ArrayList<>(justified);
        drafts.add(judged);
        return refuse(asked, decision.reasons().get(0).code(), text, drafts);
    }

    private LaunchAnswer run(Controls.Asked asked, Granting.Terms terms, List<AuditDraft> before)
            throws StorageException, Granting.Unbound {
        Optional<String> obstacle =
                obstacles.of(asked.question(), asked.launch(), terms.conditions());
        if (obstacle.isPresent()) {
            return obstructed(asked, terms.conditions(), obstacle.get(), before);
        }
        Optional<PolicyEngine.Redirect> redirect = policy.redirect(asked.question().request());
        return redirect.isPresent()
                ? runInstead(asked, terms, redirect.get(), before)
                : give(asked, terms, Optional.empty(), before);
    }

    private LaunchAnswer give(
            Controls.Asked asked,
            Granting.Terms terms,
            Optional<LaunchAnswer.Substitute> substitute,
            List<AuditDraft> before)
            throws StorageException, Granting.Unbound {
        try {
            StoredGrant given = granting.give(asked, terms, before);
            return new LaunchAnswer.Run(
                    asked.records().requestId(),
                    given.id(),
                    terms.conditions(),
                    Acknowledgement.notices(
                            asked, terms.evaluation(), terms.conditions().notices()),
                    substitute,
                    granting.mostInUnit(given));
        } catch (RequestBook.Overtaken e) {
            return refuse(
                    asked, CONTROL_PREFIX + "approval", Texts.say("refused.overtaken"), before);
        }
    }

    /** Another program in its place, by the same grant; both are on record. */
    private LaunchAnswer runInstead(
            Controls.Asked asked,
            Granting.Terms terms,
            PolicyEngine.Redirect redirect,
            List<AuditDraft> before)
            throws StorageException, Granting.Unbound {
        Substitutes.Prepared prepared = substitutes.prepare(asked, redirect, this::judge);
        if (prepared instanceof Substitutes.Unfit unfit) {
            String message = Texts.substituteRefused(redirect.target(), unfit.why());
            return refuse(asked, REDIRECT, message, before);
        }
        Substitutes.Fit fit = (Substitutes.Fit) prepared;
        boolean given = false;
        try {
            LaunchAnswer answer =
                    give(
                            fit.asked(),
                            Substitution.terms(terms, fit.asked().launch().argv(), asked.launch()),
                            Optional.of(fit.substitute()),
                            before);
            given = answer instanceof LaunchAnswer.Run;
            return answer;
        } finally {
            if (!given) {
                fit.substitute().program().close();
            }
        }
    }

    /** Whether sudo carries what policy says now, or says itself why nothing runs. */
    boolean carriedBySudo(LaunchRequest launch) throws NameServiceException {
        if (launch.uid() == 0) {
            return true;
        }
        LaunchRequest bySudo = launch.like().door("sudo").build();
        String id = UUID.randomUUID().toString();
        Question question = Question.of(bySudo, id, Question.commandLine(), accounts, targets);
        Decision decision = judge(question).decision();
        Conditions conditions =
                decision instanceof Decision.Allow allow
                        ? allow.conditions()
                        : decision instanceof Decision.Pending pending
                                ? pending.conditions()
                                : null;
        if (conditions == null || !granting.isCarriedInUnit(conditions)) {
            return true;
        }
        return obstacles.of(question, bySudo, conditions).isEmpty();
    }

    private Evaluation judge(Question question) {
        return question.verdict(policy, now());
    }

    /** Whoever it is for: an allow that can't be kept as it is written is none. */
    private LaunchAnswer obstructed(
            Controls.Asked asked, Conditions conditions, String obstacle, List<AuditDraft> before)
            throws StorageException {
        String text = obstacles.refusal(asked, conditions, obstacle);
        return refuse(asked, CONDITION, text, before);
    }

    private LaunchAnswer refuse(
            Controls.Asked asked, String code, String message, List<AuditDraft> before)
            throws StorageException {
        List<AuditDraft> drafts = new ArrayList<>(before);
        drafts.add(asked.records().refused(code, message));
        audit.commit(new Change(List.of(), drafts));
        return new LaunchAnswer.Refuse(asked.records().requestId(), code, message);
    }

    private ZonedDateTime now() {
        return ZonedDateTime.ofInstant(clock.instant(), ZoneId.systemDefault());
    }
}
