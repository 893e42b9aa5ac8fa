package io.kepm.elevation;

import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.policy.Evaluation;
import io.kepm.api.storage.StorageException;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a person is told beside an allow, or beside a right of his own: by policies that only watch,
 * which change no outcome. What is to be confirmed is asked for; without a terminal it is told.
 */
final class WatchedNotices {

    private final AuditLog audit;

    WatchedNotices(AuditLog audit) {
        this.audit = audit;
    }

    /** Has it confirmed that notices were read, as far as somebody sits there; on record. */
    void acknowledge(Controls.Asked asked, Evaluation evaluation) throws StorageException {
        for (Evaluation.WouldHave one : of(evaluation).toList()) {
            if (one.acknowledge()) {
                String outcome = isRead(asked, one) ? "ACKNOWLEDGED" : "NOT_ACKNOWLEDGED";
                audit.append(
                        asked.records()
                                .of(AuditType.USER_INTERACTION, outcome)
                                .detail("policy", one.policy().id())
                                .build());
            }
        }
    }

    private static boolean isRead(Controls.Asked asked, Evaluation.WouldHave one) {
        String question = Texts.say("notice.acknowledge", one.message());
        return asked.canPrompt()
                && asked.conversation().ask("acknowledge", question, true).isPresent();
    }

    /** What is told without a question, that of the deciding policies first. */
    static List<String> told(Controls.Asked asked, Evaluation evaluation, List<String> own) {
        return Stream.concat(
                        own.stream(),
                        of(evaluation)
                                .filter(one -> !(one.acknowledge() && asked.canPrompt()))
                                .map(Evaluation.WouldHave::message))
                .distinct()
                .toList();
    }

    private static Stream<Evaluation.WouldHave> of(Evaluation evaluation) {
        return evaluation.wouldHave().stream()
                .filter(one -> one.noticeUser() && !one.message().isEmpty());
    }
}
