package io.kepm.elevation;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.policy.Evaluation;
import io.kepm.api.policy.Evaluation.Notice;
import io.kepm.api.policy.Evaluation.WouldHave;
import io.kepm.api.policy.PolicyRef;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.StorageException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What policies have to say to a person, those in force with NOTIFY and those that only watch, and
 * what of it the person is to confirm. INVARIANT: whatever is answered changes no decision; it is
 * on record.
 */
record Acknowledgement(AuditLog audit) {

    private static final String ID = "acknowledge";

    /**
     * The policies whose messages the person has read, all of them at once; empty when nothing was
     * asked. What nobody answered may not have been seen: it stays a notice.
     */
    Optional<Set<PolicyRef>> asked(Controls.Asked asked, Evaluation evaluation)
            throws StorageException {
        if (!asked.canPrompt()) {
            // With nobody at the keyboard it is a notice like any other.
            return Optional.empty();
        }
        List<Notice> due = notices(asked, evaluation).filter(Notice::acknowledge).toList();
        if (due.isEmpty()) {
            return Optional.empty();
        }
        record(asked, due, "PROMPTED");
        String messages =
                due.stream().map(Notice::message).distinct().collect(Collectors.joining("\n"));
        boolean answered =
                asked.conversation()
                        .ask(ID, Texts.say("notice.acknowledge", messages), true)
                        .isPresent();
        record(asked, due, answered ? "ACKNOWLEDGED" : "NOT_ACKNOWLEDGED");
        return Optional.of(
                answered
                        ? due.stream().map(Notice::policy).collect(Collectors.toUnmodifiableSet())
                        : Set.of());
    }

    private void record(Controls.Asked asked, List<Notice> due, String outcome)
            throws StorageException {
        audit.commit(
                new Change(
                        List.of(), due.stream().map(one -> draft(asked, one, outcome)).toList()));
    }

    private static AuditDraft draft(Controls.Asked asked, Notice one, String outcome) {
        return asked.records()
                .of(AuditType.USER_INTERACTION, outcome)
                .detail("prompt", "acknowledgement")
                .detail("policy", one.policy().id())
                .build();
    }

    /** Of policies in force first; they bind nobody who is root, and tell him nothing. */
    private static Stream<Notice> notices(Controls.Asked asked, Evaluation evaluation) {
        Stream<Notice> inForce =
                asked.caller() == Caller.ROOT ? Stream.of() : evaluation.notices().stream();
        Stream<Notice> watching =
                evaluation.wouldHave().stream()
                        .filter(WouldHave::noticeUser)
                        .map(one -> new Notice(one.policy(), one.message(), one.acknowledge()));
        return Stream.concat(inForce, watching).filter(one -> !one.message().isBlank());
    }

    /** The person's own texts and all notices, without those that were shown already. */
    static List<String> notices(Controls.Asked asked, Evaluation evaluation, List<String> own) {
        Predicate<Notice> shown = one -> asked.shown().contains(one.policy());
        Set<String> read =
                notices(asked, evaluation)
                        .filter(shown)
                        .map(Notice::message)
                        .collect(Collectors.toUnmodifiableSet());
        return Stream.concat(
                        own.stream(),
                        notices(asked, evaluation).filter(shown.negate()).map(Notice::message))
                .filter(text -> !read.contains(text))
                .distinct()
                .toList();
    }
}
