package io.kepm.elevation;

import io.kepm.api.elevation.RequestState;
import io.kepm.api.policy.Conditions;
import java.util.List;

/**
 * Who has to approve by one policy; every policy's need has to be met.
 *
 * @param approvers names of users, and of groups as {@code %name}; empty: administrators only
 * @param escalateTo who else may decide once the request is escalated: user, {@code %group}, or
 *     empty
 */
record Need(String policy, int required, List<String> approvers, String escalateTo) {

    Need {
        approvers = List.copyOf(approvers);
        // A request of a former version names nobody here.
        escalateTo = escalateTo == null ? "" : escalateTo;
    }

    static List<Need> of(List<Conditions.Approval> approvals) {
        return approvals.stream()
                .map(
                        block ->
                                new Need(
                                        block.policy().id(),
                                        block.requiredApprovers(),
                                        block.approvers(),
                                        block.escalateTo()))
                .toList();
    }

    /**
     * Whether somebody's approval counts for it while a request is in that state. Whom another
     * policy escalates to has no say here.
     */
    boolean accepts(RequestState state, String user, List<String> groups) {
        return approvers.stream().anyMatch(name -> names(name, user, groups))
                || (state == RequestState.ESCALATED && names(escalateTo, user, groups));
    }

    private static boolean names(String name, String user, List<String> groups) {
        return name.startsWith("%") ? groups.contains(name.substring(1)) : name.equals(user);
    }

    String text() {
        String whom =
                approvers.isEmpty()
                        ? Texts.say("approval.administrators")
                        : String.join(", ", approvers);
        return Texts.say("approval.need", required, whom);
    }
}
