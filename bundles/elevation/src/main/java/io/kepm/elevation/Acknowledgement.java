package io.kepm.elevation;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.policy.Evaluation;
import io.kepm.api.policy.Evaluation.WouldHave;
import io.kepm.api.policy.PolicyRef;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.StorageException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What policies that only watch have to say to a person, and what of it the person is to confirm.
 * INVARIANT: whatever is answered changes no decision; it is on record.
 */
record Acknowledgement(AuditLog audit) {

    private static final String ID = "acknowledge";

    /** The policies whose messages the person was asked to confirm, all of them at once. */
    Set<PolicyRef> asked(Controls.Asked asked, Evaluation evaluation) throws StorageException {
        List<WouldHave> due =
                evaluation.wouldHave().stream().filter(would -> isConfirmed(asked, would)).toList();
        if (due.isEmpty()) {
            return Set.of();
        }
        record(asked, due, "PROMPTED");
        String messages =
                due.stream().map(WouldHave::message).distinct().collect(Collectors.joining("\n"));
        boolean answered =
                asked.conversation()
                        .ask(ID, Texts.say("notice.acknowledge", messages), true)
                        .isPresent();
        record(asked, due, answered ? "ACKNOWLEDGED" : "NOT_ACKNOWLEDGED");
        return due.stream().map(WouldHave::policy).collect(Collectors.toUnmodifiableSet());
    }

    private void record(Controls.Asked asked, List<WouldHave> due, String outcome)
            throws StorageException {
        audit.commit(
                new Change(
                        List.of(), due.stream().map(one -> draft(asked, one, outcome)).toList()));
    }

    private static AuditDraft draft(Controls.Asked asked, WouldHave one, String outcome) {
        return asked.records()
                .of(AuditType.USER_INTERACTION, outcome)
                .detail("prompt", "acknowledgement")
                .detail("policy", one.policy().id())
                .build();
    }

    /** With nobody at the keyboard it is a notice like any other. */
    private static boolean isConfirmed(Controls.Asked asked, WouldHave would) {
        return would.noticeUser()
                && would.acknowledge()
                && !would.message().isBlank()
                && asked.canPrompt();
    }

    /** The person's own texts, and those that were not shown already. */
    static List<String> notices(Controls.Asked asked, Evaluation evaluation, List<String> own) {
        return Stream.concat(
                        own.stream(),
                        evaluation.wouldHave().stream()
                                .filter(WouldHave::noticeUser)
                                .filter(would -> !asked.shown().contains(would.policy()))
                                .map(WouldHave::message)
                                .filter(message -> !message.isEmpty()))
                .distinct()
                .toList();
    }
}
