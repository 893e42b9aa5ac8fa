package io.kepm.api.policy;

import java.time.Duration;
import java.util.List;

/**
 * What an allow is bound to: nobody can act on a bare "true".
 *
 * @param runAs the user that the command runs as
 * @param argv exactly the vector that was judged
 * @param validFor how long the right lasts from its first use
 * @param timeLimited whether a deciding policy states its own {@code DurationMinutes}
 * @param keepEnv names of variables the caller may keep, beyond the safe set
 * @param justifyMinLength characters a justification needs after trimming
 * @param digestBound whether a deciding policy matched by digest, so that only hashed bytes may run
 * @param approvals who has to approve, when APPROVAL is among the controls
 * @param notices messages for the user, from policies with NOTIFY
 */
public record Conditions(
        String runAs,
        List<String> argv,
        Duration validFor,
        boolean timeLimited,
        List<String> keepEnv,
        int justifyMinLength,
        boolean digestBound,
        boolean bindCwd,
        boolean record,
        boolean ephemeralAccount,
        boolean intercept,
        boolean noExec,
        boolean allowProtected,
        List<Approval> approvals,
        List<String> notices) {

    public Conditions {
        argv = List.copyOf(argv);
        keepEnv = List.copyOf(keepEnv);
        approvals = List.copyOf(approvals);
        notices = List.copyOf(notices);
    }

    /** One policy's {@code Approval} block; every policy's approvers have to be satisfied. */
    public record Approval(
            PolicyRef policy,
            int requiredApprovers,
            List<String> approvers,
            String escalateTo,
            int pendingMinutes,
            int escalatedMinutes,
            int usableMinutes,
            int uses) {
        public Approval {
            approvers = List.copyOf(approvers);
        }
    }
}
