package io.kepm.mqtt;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditType;
import io.kepm.api.linux.Launcher;
import java.util.Optional;

/** Counts, keeps and records what was denied. Safe for use by many threads; never blocks. */
final class Refusals {

    private final Denials denials;
    private final Records records;

    Refusals(Denials denials, Records records) {
        this.denials = denials;
        this.records = records;
    }

    /**
     * A connection that was not admitted, because nobody proved to be that client.
     *
     * @param owner whose it is, for the record: it proves nothing
     */
    void unknown(String client, long owner, Kind kind, String reason) {
        denials.note(client, kind, "", reason);
        AuditDraft.Builder draft =
                draft(AuditType.PROCESS_AUTHENTICATION_FAILED, client, kind, reason)
                        .user(new AuditDraft.UserInfo("unknown", -1, "", "", 0, ""));
        if (owner != Authenticator.NOT_KNOWN) {
            draft.detail("owner", Long.toString(owner));
        }
        records.add(draft.build());
    }

    /** Something that a client may not do, whoever it is. */
    void denied(
            String client,
            Optional<Launcher.Identity> process,
            Kind kind,
            String what,
            String reason) {
        denials.note(client, kind, what, reason);
        AuditType type =
                kind == Kind.ENDED
                        ? AuditType.PROCESS_AUTHENTICATION_FAILED
                        : AuditType.AUTHORIZATION_FAILED;
        AuditDraft.Builder draft = draft(type, client, kind, reason);
        if (!what.isEmpty()) {
            draft.detail("topic", Shown.cut(what));
        }
        long uid = process.map(Launcher.Identity::uid).orElse(-1L);
        int pid = process.map(Launcher.Identity::pid).orElse(0);
        String name = uid < 0 ? "unknown" : uid == 0 ? "root" : "#" + uid;
        draft.user(new AuditDraft.UserInfo(name, uid, Shown.cut(client), "", pid, ""));
        records.add(draft.build());
    }

    /** A client that did not keep up: no refusal, but it lost its connection. */
    void slow(String client, String reason) {
        denials.note(client, Kind.SLOW, "", reason);
    }

    private static AuditDraft.Builder draft(
            AuditType type, String client, Kind kind, String reason) {
        return AuditDraft.of(type, "REFUSED")
                .sessionType("mqtt")
                .reason(reason)
                .detail("door", "mqtt")
                .detail("client", Shown.cut(client))
                .detail("tried", kind.toString());
    }
}
