package io.kepm.mqtt;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditType;
import io.kepm.api.linux.Launcher;
import io.kepm.api.linux.TurnedAway;
import java.time.InstantSource;
import java.util.Optional;
import java.util.TreeSet;

/** Counts, keeps and records what was denied. Safe for use by many threads; never blocks. */
final class Refusals {

    private static final String DOOR = "mqtt";
    private static final AuditDraft.UserInfo STRANGER = AuditDraft.UserInfo.of("unknown", -1);

    private final Denials denials;
    private final Records records;
    private final TurnedAway away;

    /** Why a connection is not let in. */
    enum Why {
        PACE("pace", "its user connects too often"),
        ROOM("room", "too many connections wait to be admitted");

        private final String word;
        private final String sentence;

        Why(String word, String sentence) {
            this.word = word;
            this.sentence = sentence;
        }
    }

    Refusals(Denials denials, Records records, InstantSource clock) {
        this.denials = denials;
        this.records = records;
        away = new TurnedAway(clock);
    }

    /**
     * A connection that was not let in before it could say anything. Anybody can have very many of
     * these: a minute of them of one user is one record.
     */
    void turnedAway(Arrival arrival, Why why) {
        long uid = arrival.counts();
        String whose = uid == Arrival.NOBODY ? "" : "uid " + uid;
        denials.note("", Kind.CONNECTION, whose, why.sentence);
        away.count(new TurnedAway.User(uid, false), DOOR, why.word);
    }

    /** Puts the minutes that are over on record; to be called now and then. */
    void sum() {
        away.ended().forEach(minute -> records.add(draft(minute)));
    }

    /** Puts on record what was counted so far; to be called at the end. */
    void end() {
        away.rest().forEach(minute -> records.add(draft(minute)));
    }

    private static AuditDraft draft(TurnedAway.Minute minute) {
        AuditDraft.Builder draft =
                AuditDraft.of(AuditType.AUTHORIZATION_FAILED, "REFUSED")
                        .sessionType(DOOR)
                        .reason("connections that were not let in within a minute")
                        .detail("door", DOOR)
                        .detail("why", String.join(", ", new TreeSet<>(minute.reasons())))
                        .detail("count", Long.toString(minute.count()))
                        .detail("since", minute.since().toString());
        // Nobody answers for all the others.
        minute.user().ifPresent(user -> owned(draft, user.uid()));
        return draft.build();
    }

    private static void owned(AuditDraft.Builder draft, long uid) {
        draft.user(STRANGER);
        if (uid != Arrival.NOBODY) {
            draft.detail("owner", Long.toString(uid));
        }
    }

    /**
     * A connection that was not admitted, because nobody proved to be that client.
     *
     * @param owner whose it is, for the record: it proves nothing
     */
    void unknown(String client, long owner, Kind kind, String reason) {
        denials.note(client, kind, "", reason);
        AuditDraft.Builder draft =
                draft(AuditType.PROCESS_AUTHENTICATION_FAILED, client, kind, reason);
        owned(draft, owner);
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
        if (process.isPresent()) {
            draft.plugin(ClientIds.plugin(client), "");
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
                .sessionType(DOOR)
                .reason(reason)
                .detail("door", DOOR)
                .detail("client", Shown.cut(client))
                .detail("tried", kind.toString());
    }
}
