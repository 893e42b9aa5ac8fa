package io.kepm.api.policy;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditType;
import io.kepm.api.text.VisibleText;
import java.time.ZonedDateTime;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/** How a decision is put on record, in one place for every door. */
public final class PolicyRecords {

    /** Characters of the groups of one person in a record: some are in hundreds. */
    private static final int MOST_GROUPS = 1_000;

    private PolicyRecords() {}

    /** The {@code POLICY_EVALUATION} record of a decision. */
    public static AuditDraft evaluation(EvaluationRequest request, Evaluation evaluation) {
        return draft(request, evaluation, Asking.UNKNOWN).build();
    }

    /**
     * The same, of what somebody asked at a door that acts on nothing; to be completed by who asked
     * there.
     *
     * @param door word for it
     * @param at the time it was judged for
     */
    public static AuditDraft.Builder asked(
            EvaluationRequest request, Evaluation evaluation, String door, ZonedDateTime at) {
        return draft(request, evaluation, Asking.UNKNOWN)
                .detail("door", door)
                .detail("facts", "of the target, as the caller claims them")
                .detail("judged_at", at.toOffsetDateTime().toString());
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
        return draft(request, evaluation, asking).build();
    }

    private static AuditDraft.Builder draft(
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
                        .detail("event_type", request.eventType())
                        .detail("revision", evaluation.revision().label());
        reasons(decision.reasons(), draft);
        groups("groups", String.join(",", request.user().groups()), draft);
        groups("session_groups", asking.groups(), draft);
        particulars(request, draft);
        signers(request.target(), draft);
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
        return draft;
    }

    /** In one pass: nearly every decision has one, and each is recorded. */
    private static void reasons(List<Reason> reasons, AuditDraft.Builder draft) {
        StringJoiner texts = new StringJoiner("; ");
        Set<String> codes = new LinkedHashSet<>();
        Set<String> policies = new LinkedHashSet<>();
        for (Reason reason : reasons) {
            texts.add(reason.text());
            codes.add(reason.code());
            if (reason.policy().isPresent()) {
                PolicyRef policy = reason.policy().get();
                if (policies.isEmpty()) {
                    draft.policy(policy.id(), policy.version());
                }
                policies.add(policy.id() + "@" + policy.version());
            }
        }
        draft.reason(texts.toString()).detail("codes", String.join(",", codes));
        if (!policies.isEmpty()) {
            draft.detail("policies", String.join(",", policies));
        }
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
    private static void particulars(EvaluationRequest request, AuditDraft.Builder draft) {
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
