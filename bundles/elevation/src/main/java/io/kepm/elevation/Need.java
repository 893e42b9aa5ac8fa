package io.kepm.elevation;

import io.kepm.api.policy.Conditions;
import java.util.List;

/**
 * Who has to approve by one policy; every policy's need has to be met.
 *
 * @param approvers names of users, and of groups as {@code %name}; empty: administrators only
 */
record Need(String policy, int required, List<String> approvers) {

    Need {
        approvers = List.copyOf(approvers);
    }

    static List<Need> of(List<Conditions.Approval> approvals) {
        return approvals.stream()
                .map(
                        block ->
                                new Need(
                                        block.policy().id(),
                                        block.requiredApprovers(),
                                        block.approvers()))
                .toList();
    }

    /** Whether somebody's approval counts for it. */
    boolean accepts(String user, List<String> groups) {
        return names(approvers, user, groups);
    }

    /** Whether a list of users and {@code %groups} names somebody. */
    static boolean names(List<String> list, String user, List<String> groups) {
        return list.stream()
                .anyMatch(
                        name ->
                                name.startsWith("%")
                                        ? groups.contains(name.substring(1))
                                        : name.equals(user));
    }

    String text() {
        String whom =
                approvers.isEmpty()
                        ? Texts.say("approval.administrators")
                        : String.join(", ", approvers);
        return Texts.say("approval.need", required, whom);
    }
}
