package io.kepm.trust;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditType;
import io.kepm.api.storage.Mutation;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/**
 * One watched file that is not as it was.
 *
 * @param before empty for a new one
 * @param after empty for one that is gone; never empty together with {@code before}
 */
record FileChange(Optional<FileState> before, Optional<FileState> after) {

    private static final int MOST_KEYS = 50;

    /** The same from the state that was kept, which has its keys. */
    FileChange from(Optional<FileState> kept) {
        if (kept.isEmpty()) {
            return this;
        }
        FileState was = kept.get();
        return new FileChange(
                kept,
                after.map(now -> now.sha256().equals(was.sha256()) ? now.with(was.keys()) : now));
    }

    String path() {
        return after.or(() -> before).map(FileState::path).orElse("");
    }

    Mutation memory() {
        return after.isPresent()
                ? FileMemory.keep(after.get())
                : FileMemory.forget(before.orElseThrow());
    }

    /**
     * What is put on record. No content of the file is in it.
     *
     * @param owner shows a user id as a name
     * @param whileDown whether it happened before this start of the agent
     * @param by who had the agent make it; empty for what was made beside it
     */
    AuditDraft record(IntFunction<String> owner, boolean whileDown, Optional<String> by) {
        AuditDraft.Builder draft =
                AuditDraft.of(AuditType.CONFIGURATION_CHANGED, outcome())
                        .sessionType("system")
                        .target(
                                new AuditDraft.TargetInfo(
                                        path(),
                                        List.of(),
                                        after.map(FileState::sha256).orElse(""),
                                        "",
                                        ""));
        if (whileDown) {
            draft.reason("it was so when the agent started: it was changed while it was down");
        }
        by.ifPresent(who -> draft.detail("by", who));
        before.ifPresent(was -> draft.detail("sha256_before", was.sha256()));
        FileState shown = after.or(() -> before).orElseThrow();
        draft.detail("owner", owner.apply(shown.uid()))
                .detail("group", Integer.toString(shown.gid()))
                .detail("mode", shown.octal());
        if (!shown.link().isEmpty()) {
            draft.detail("link", shown.link());
        }
        if (before.isPresent() && after.isPresent()) {
            compared(draft, before.get(), after.get(), owner);
        }
        return draft.build();
    }

    private static void compared(
            AuditDraft.Builder draft,
            FileState before,
            FileState after,
            IntFunction<String> owner) {
        if (before.uid() != after.uid()) {
            draft.detail("owner_before", owner.apply(before.uid()));
        }
        if (before.gid() != after.gid()) {
            draft.detail("group_before", Integer.toString(before.gid()));
        }
        if (before.mode() != after.mode()) {
            draft.detail("mode_before", before.octal());
        }
        if (!before.link().equals(after.link())) {
            draft.detail("link_before", before.link());
        }
        Set<String> keys = after.changedFrom(before);
        if (!keys.isEmpty()) {
            draft.detail(
                    "changed",
                    keys.stream().limit(MOST_KEYS).collect(Collectors.joining(" "))
                            + (keys.size() > MOST_KEYS
                                    ? " … and " + (keys.size() - MOST_KEYS) + " more"
                                    : ""));
        }
    }

    private String outcome() {
        return before.isEmpty() ? "ADDED" : after.isEmpty() ? "REMOVED" : "CHANGED";
    }
}
