package io.kepm.elevation;

import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.policy.Evaluation;
import io.kepm.api.storage.StorageException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What policies that only watch have to say to a person, and what of it the person is to confirm.
 * INVARIANT: whatever is answered changes no decision; it is on record.
 */
record Acknowledgement(AuditLog audit) {

    private static final String ID = "acknowledge";

    /** Whether the person was asked to confirm anything. */
    boolean asked(Controls.Asked asked, Evaluation evaluation) throws StorageException {
        boolean any = false;
        for (Evaluation.WouldHave would : evaluation.wouldHave()) {
            if (isConfirmed(asked, would)) {
                any = true;
                ask(asked, would);
            }
        }
        return any;
    }

    private void ask(Controls.Asked asked, Evaluation.WouldHave would) throws StorageException {
        Optional<String> answer =
                asked.conversation()
                        .ask(ID, Texts.say("notice.acknowledge", would.message()), true);
        audit.append(
                asked.records()
                        .of(
                                AuditType.USER_INTERACTION,
                                answer.isPresent() ? "ACKNOWLEDGED" : "NOT_ACKNOWLEDGED")
                        .detail("policy", would.policy().id())
                        .build());
    }

    /** With nobody at the keyboard it is a notice like any other. */
    private static boolean isConfirmed(Controls.Asked asked, Evaluation.WouldHave would) {
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
                                .filter(Evaluation.WouldHave::noticeUser)
                                .filter(would -> !isConfirmed(asked, would))
                                .map(Evaluation.WouldHave::message)
                                .filter(message -> !message.isEmpty()))
                .distinct()
                .toList();
    }
}
