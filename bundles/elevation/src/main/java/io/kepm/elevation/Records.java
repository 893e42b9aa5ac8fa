package io.kepm.elevation;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditType;
import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.policy.Decision;
import io.kepm.api.policy.Evaluation;
import io.kepm.api.policy.PolicyRecords;

/** The records of one launch request, all with the same who and what. */
record Records(LaunchRequest launch, String requestId, String runAs) {

    /** The decision; {@code effect} says what became of it where that is not the outcome itself. */
    AuditDraft evaluation(Question question, Evaluation evaluation, Effect effect) {
        PolicyRecords.Asking asking =
                new PolicyRecords.Asking(
                        LiveProcess.groupsOf(launch.pid()), launch.tty(), launch.pid());
        if (effect != Effect.OWN_RIGHT) {
            return PolicyRecords.evaluation(question.request(), evaluation, asking);
        }
        // What policy leaves to sudo is on record as such, whatever the table made of it for
        // others.
        boolean silent =
                !evaluation.decision().reasons().get(0).isGuard()
                        && evaluation.decision() instanceof Decision.Deny;
        Evaluation shown =
                silent
                        ? new Evaluation(
                                new Decision.NotGoverned(evaluation.decision().reasons()),
                                evaluation.wouldHave(),
                                evaluation.revision())
                        : evaluation;
        return PolicyRecords.evaluation(question.request(), shown, asking);
    }

    AuditDraft.Builder of(AuditType type, String outcome) {
        return AuditDraft.of(type, outcome)
                .request(requestId)
                .session(launch.session())
                .sessionType(launch.door())
                .user(
                        new AuditDraft.UserInfo(
                                launch.user(), launch.uid(), "", launch.tty(), launch.pid(), ""))
                .target(
                        new AuditDraft.TargetInfo(
                                launch.path(), launch.argv(), "", launch.cwd(), runAs));
    }

    AuditDraft refused(String code, String message) {
        return of(AuditType.ELEVATION_REFUSED, "REFUSED")
                .reason(message.lines().findFirst().orElse(code))
                .detail("code", code)
                .build();
    }

    AuditDraft ownRight(String why) {
        return of(AuditType.ELEVATION_STARTED, "OWN_RIGHT").reason(why).build();
    }
}
