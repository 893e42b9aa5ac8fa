package io.kepm.https;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.linux.Peer;
import java.util.Optional;

/**
 * Who is at the other end of a connection.
 *
 * @param peer as the kernel says it, on the Unix socket; over TCP nothing is known, so nothing is
 *     granted
 */
record Caller(Optional<Peer> peer) {

    /** Whom the kernel names so comes from another user namespace: that is no user of ours. */
    private static final long NOBODY = 65534;

    static final Caller UNKNOWN = new Caller(Optional.empty());

    static Caller of(Peer peer) {
        return new Caller(Optional.of(peer));
    }

    Tier tier() {
        if (uid() == 0) {
            return Tier.ADMIN;
        }
        return uid() < 0 || uid() == NOBODY ? Tier.PUBLIC : Tier.USER;
    }

    boolean isAdmin() {
        return tier() == Tier.ADMIN;
    }

    /** The kernel's number; -1 when unknown. */
    long uid() {
        return peer.map(Peer::uid).orElse(-1L);
    }

    /** For records, without asking the name service; see {@link People#info}. */
    AuditDraft.UserInfo info() {
        String name = uid() == 0 ? "root" : peer.isPresent() ? "#" + uid() : "unknown";
        return new AuditDraft.UserInfo(name, uid(), "", "", peer.map(Peer::pid).orElse(0), "");
    }
}
