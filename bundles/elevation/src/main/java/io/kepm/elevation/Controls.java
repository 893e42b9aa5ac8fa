package io.kepm.elevation;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.elevation.Conversation;
import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.policy.Conditions;
import io.kepm.api.policy.Control;
import io.kepm.api.policy.Decision;
import io.kepm.api.policy.PolicyRef;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.StorageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Has a person meet the controls of a decision, in their order: second factor, justification,
 * confirmation, approval. Nothing is asked before the decision is on record.
 */
final class Controls {

    private static final int TRIES = 3;

    private final AuditLog audit;
    private final Proof proof;
    private final FactorSessions sessions;
    private final ApprovalWait approvals;
    private final ToSession loginSession;

    /** Names the login session of a request; empty when there is none to be told apart. */
    @FunctionalInterface
    interface ToSession {
        String of(LaunchRequest launch);
    }

    Controls(
            AuditLog audit,
            Proof proof,
            FactorSessions sessions,
            ApprovalWait approvals,
            ToSession loginSession) {
        this.loginSession = loginSession;
        this.audit = audit;
        this.proof = proof;
        this.sessions = sessions;
        this.approvals = approvals;
    }

    /** What became of it. */
    sealed interface Result {
        /**
         * All are met.
         *
         * @param approved the request whose approval is used up by this, if one was needed
         */
        record Met(Optional<String> reason, Optional<StoredRequest> approved) implements Result {}

        /**
         * One is not.
         *
         * @param code {@code control:…}, or {@link Launch#WAITING} when it may still be met
         */
        record NotMet(String code, String message) implements Result {
            static NotMet of(Control control, String message) {
                String word = control.name().toLowerCase(Locale.ROOT);
                return new NotMet(Launch.CONTROL_PREFIX + word, message);
            }
        }
    }

    /**
     * One request, and with whom to speak about it.
     *
     * @param shown policies whose notices the person has read
     */
    record Asked(
            LaunchRequest launch,
            Conversation conversation,
            Question question,
            Records records,
            Set<PolicyRef> shown) {

        Asked(LaunchRequest launch, Conversation conversation, Question question, Records records) {
            this(launch, conversation, question, records, Set.of());
        }

        Asked {
            shown = Set.copyOf(shown);
        }

        /** The same request, with what was found out about it since. */
        Asked with(Question since, Set<PolicyRef> shownSince) {
            return new Asked(launch, conversation, since, records, shownSince);
        }

        Caller caller() {
            return question.caller();
        }

        Way way() {
            return Way.of(launch.door());
        }

        boolean canPrompt() {
            return launch.canPrompt();
        }

        /** Whether somebody sits there who can stop waiting. */
        boolean canWait() {
            return launch.canPrompt() && !launch.tty().isEmpty();
        }
    }

    Result meet(Asked asked, Decision.Pending pending, AuditDraft judged) throws StorageException {
        List<Control> controls = pending.controls();
        boolean approval = controls.contains(Control.APPROVAL);
        List<AuditDraft> drafts = new ArrayList<>(List.of(judged));
        if (!approval) {
            drafts.add(
                    asked.records()
                            .of(AuditType.REQUEST_CREATED, "PENDING")
                            .requestStatus("Pending")
                            .build());
        }
        audit.commit(new Change(List.of(), drafts));
        if (!approval) {
            approvals.watches().tell(asked, pending, "");
        }
        Optional<Result> over =
                approval ? approvals.overSince(asked, pending.conditions()) : Optional.empty();
        if (over.isPresent()) {
            return over.get();
        }
        Optional<Result> unmet =
                controls.contains(Control.MFA) ? factor(asked, pending) : Optional.empty();
        if (unmet.isPresent()) {
            return unmet.get();
        }
        Optional<StoredRequest> known =
                approval ? approvals.known(asked, pending.conditions()) : Optional.empty();
        Optional<String> reason = known.map(StoredRequest::reason);
        if (reason.isEmpty() && controls.contains(Control.JUSTIFY)) {
            reason = reason(asked, pending.conditions());
            if (reason.isEmpty()) {
                return Result.NotMet.of(Control.JUSTIFY, Texts.reasonNeeded(asked.launch()));
            }
        }
        if (controls.contains(Control.OPERATORAPPROVAL) && !confirmed(asked)) {
            return Result.NotMet.of(Control.OPERATORAPPROVAL, Texts.say("confirm.not"));
        }
        return approval
                ? approvals.meet(asked, pending, known, reason.orElse(""))
                : new Result.Met(reason, Optional.empty());
    }

    /** Empty when the factor is given, now or in this session shortly before. */
    private Optional<Result> factor(Asked asked, Decision.Pending pending) throws StorageException {
        LaunchRequest launch = asked.launch();
        List<String> policies = policies(pending);
        String session = loginSession.of(launch);
        if (sessions.holds(launch.uid(), session, policies)) {
            return Optional.empty();
        }
        if (!proof.isSetUp(launch.user(), launch.uid())) {
            return unmet(Texts.say("factor.none"));
        }
        if (!asked.canPrompt()) {
            return unmet(Texts.say("factor.terminal"));
        }
        prompted(asked, proof.id());
        for (int attempt = 0; attempt < TRIES; attempt++) {
            Optional<String> code = asked.conversation().ask(proof.id(), proof.question(), false);
            if (code.isEmpty()) {
                return unmet(Texts.say("factor.not_given"));
            }
            Factors.Try result = proof.check(launch.user(), launch.uid(), code.get());
            if (result instanceof Factors.Try.Right) {
                sessions.given(launch.uid(), session, policies);
                return Optional.empty();
            }
            if (!(result instanceof Factors.Try.Wrong)) {
                return unmet(Texts.say("refused.why", Factors.why(result, proof.word())));
            }
            asked.conversation().tell(Factors.why(result, proof.word()));
        }
        return unmet(Texts.say("factor.not_given"));
    }

    private static Optional<Result> unmet(String message) {
        return Optional.of(Result.NotMet.of(Control.MFA, message));
    }

    static List<String> policies(Decision decision) {
        return decision.reasons().stream()
                .flatMap(reason -> reason.policy().stream())
                .map(policy -> policy.id() + " v" + policy.version())
                .distinct()
                .sorted()
                .toList();
    }

    /** That somebody is asked is on record before it is; the answer has a record of its own. */
    private void prompted(Asked asked, String prompt) throws StorageException {
        audit.append(
                asked.records()
                        .of(AuditType.USER_INTERACTION, "PROMPTED")
                        .detail("prompt", prompt)
                        .build());
    }

    private Optional<String> reason(Asked asked, Conditions conditions) throws StorageException {
        int min = conditions.justifyMinLength();
        Optional<String> given = asked.launch().reason();
        for (int attempt = 0; attempt < TRIES; attempt++) {
            if (given.isPresent()) {
                Optional<String> fault = Justification.fault(given.get(), min);
                if (fault.isEmpty()) {
                    return given.map(String::strip);
                }
                asked.conversation().tell(Texts.say("reason.unfit", fault.get()));
            }
            if (!asked.canPrompt()) {
                return Optional.empty();
            }
            if (attempt == 0) {
                prompted(asked, "justification");
            }
            given = asked.conversation().ask("justification", Texts.say("reason.ask", min), true);
            if (given.isEmpty()) {
                return Optional.empty();
            }
        }
        return given.filter(text -> Justification.fault(text, min).isEmpty()).map(String::strip);
    }

    /** The person at the keyboard says that it is meant; whatever is no clear yes is a no. */
    private boolean confirmed(Asked asked) throws StorageException {
        if (!asked.canPrompt()) {
            return false;
        }
        prompted(asked, "confirm");
        String what = Texts.command(asked.launch().argv());
        Optional<String> answer =
                asked.conversation()
                        .ask(
                                "confirm",
                                Texts.say("confirm.ask", what, asked.launch().runAs()),
                                true);
        boolean yes =
                answer.map(text -> text.strip().toLowerCase(Locale.ROOT))
                        .filter(text -> text.equals("y") || text.equals("yes"))
                        .isPresent();
        audit.append(
                asked.records()
                        .of(AuditType.USER_INTERACTION, yes ? "CONFIRMED" : "NOT_CONFIRMED")
                        .build());
        return yes;
    }
}
