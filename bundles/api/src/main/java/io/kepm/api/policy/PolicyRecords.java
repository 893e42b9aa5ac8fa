package io.kepm.api.policy;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditType;
import io.kepm.api.text.VisibleText;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** How a decision is put on record, in one place for every door. */
public final class PolicyRecords {

    /** Characters of the groups of one person in a record: some are in hundreds. */
    private static final int MOST_GROUPS = 1_000;

    private PolicyRecords() {}

    /** The {@code POLICY_EVALUATION} record of a decision. */
    public static AuditDraft evaluation(EvaluationRequest request, Evaluation evaluation) {
        return evaluation(request, evaluation, Asking.UNKNOWN);
    }

    /**
     * The process that asks.
     *
     * @param groups numbers of its groups, which may be others than the account is in now; empty
     *     when they are not known
     * @param tty its terminal; empty when there is none
     * @param pid 0 when it is not known
     */
    public record Asking(String groups, String tty, int pid) {
        static final Asking UNKNOWN = new Asking("", "", 0);
    }

    /** The same, of somebody whose process is known. */
    public static AuditDraft evaluation(
            EvaluationRequest request, Evaluation evaluation, Asking asking) {
        Decision decision = evaluation.decision();
        AuditDraft.Builder draft =
                AuditDraft.of(AuditType.POLICY_EVALUATION, decision.outcome())
                        .request(request.requestId())
                        .session(request.sessionId())
                        .status(decision.status())
                        .user(
                                AuditDraft.UserInfo.of(request.user().name(), request.user().uid())
                                        .withSession(request.sessionId())
                                        .at(asking.tty(), asking.pid()))
                        .target(
                                new AuditDraft.TargetInfo(
                                        request.target().path(),
                                        request.target().argv(),
                                        request.target().sha256().orElse(""),
                                        request.cwd(),
                                        request.runAs()))
                        .reason(
                                decision.reasons().stream()
                                        .map(Reason::text)
                                        .collect(Collectors.joining("; ")))
                        .detail("event_type", request.eventType())
                        .detail(
                                "codes",
                                decision.reasons().stream()
                                        .map(Reason::code)
                                        .distinct()
                                        .collect(Collectors.joining(",")))
                        .detail("revision", evaluation.revision().label());
        groups("groups", String.join(",", request.user().groups()), draft);
        groups("session_groups", asking.groups(), draft);
        asked(request, draft);
        signers(request.target(), draft);
        decision.reasons().stream()
                .flatMap(reason -> reason.policy().stream())
                .findFirst()
                .ifPresent(policy -> draft.policy(policy.id(), policy.version()));
        String policies =
                decision.reasons().stream()
                        .flatMap(reason -> reason.policy().stream())
                        .map(policy -> policy.id() + "@" + policy.version())
                        .distinct()
                        .collect(Collectors.joining(","));
        if (!policies.isEmpty()) {
            draft.detail("policies", policies);
        }
        Reason.risk(decision.reasons())
                .ifPresent(risk -> draft.detail("risk_level", Integer.toString(risk)));
        if (!evaluation.wouldHave().isEmpty()) {
            draft.detail(
                    "would_have",
                    evaluation.wouldHave().stream()
                            .map(w -> w.policy().id() + "=" + w.outcome())
                            .collect(Collectors.joining(",")));
        }
        if (decision instanceof Decision.Pending pending) {
            draft.detail(
                    "controls",
                    pending.controls().stream().map(Enum::name).collect(Collectors.joining(",")));
        }
        return draft.build();
    }

    private static void groups(String key, String groups, AuditDraft.Builder draft) {
        if (!groups.isEmpty()) {
            draft.detail(key, VisibleText.of(groups, MOST_GROUPS));
        }
    }

    /** Nothing for what nobody signed, as nearly all programs are. */
    private static void signers(EvaluationRequest.Target target, AuditDraft.Builder draft) {
        if (!target.certificates().isEmpty()) {
            draft.detail("signers", String.join(",", target.certificates()));
        }
        if (!target.signerUnknown().isEmpty()) {
            draft.detail("signer_unknown", target.signerUnknown());
        }
    }

    /** What only some types of request have: {@code kepm policy diff} asks anew by it. */
    private static void asked(EvaluationRequest request, AuditDraft.Builder draft) {
        Optional<EventType> type = EventType.of(request.eventType());
        request.url().ifPresent(url -> draft.detail("url", url));
        if (type.filter(EventType.FILE_ACCESS::equals).isPresent()) {
            draft.detail("access", request.access().name().toLowerCase(Locale.ROOT));
        }
        if (request.aiLikelihoodPercent() > 0 || type.filter(EventType::isAgentic).isPresent()) {
            draft.detail("ai_likelihood", Integer.toString(request.aiLikelihoodPercent()));
        }
    }
}
