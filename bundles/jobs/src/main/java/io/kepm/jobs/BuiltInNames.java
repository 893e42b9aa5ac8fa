package io.kepm.jobs;

import java.util.List;

/** The words that a task of type {@code builtin} may name. */
final class BuiltInNames {

    /** Those of the specification. */
    static final List<String> WORDS =
            List.of(
                    "log-message",
                    "publish-mqtt",
                    "display-message",
                    "show-toast",
                    "check-approval-provider",
                    "answer-approval",
                    "echo",
                    "run-job");

    /** Work of the agent's own, which the shipped jobs do. */
    static final List<String> CHORES =
            List.of(
                    "log-version-info",
                    "inventory-files",
                    "inventory-users",
                    "check-grants",
                    "check-file-access",
                    "check-ephemeral-accounts",
                    "log-retention",
                    "audit-checkpoint",
                    "summarize-audit",
                    "process-configuration-policies");

    private BuiltInNames() {}
}
