package io.kepm.https;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.linux.Peer;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Who is at the other end of a connection, or who a request over TCP has proved to be.
 *
 * @param peer as the kernel says it, on the Unix socket; over TCP the process that was launched;
 *     empty when nothing is known, so nothing is granted
 * @param via what proved it, or what takes from it, beyond the kernel's word on the socket; else
 *     empty
 * @param monitors whether it may read what members of {@code kepm-monitor} may, and nothing else
 * @param signedIn of a browser at the console; else empty
 * @param login who had logged in where it connected from, by the kernel's word; empty when nobody
 *     had, {@link #NOT_KNOWN} over TCP
 */
record Caller(
        Optional<Peer> peer,
        Tier tier,
        String via,
        boolean monitors,
        Optional<SignedIn> signedIn,
        OptionalLong login) {

    /** INVARIANT: a login that is not known is somebody else's, never nobody's. */
    static final OptionalLong NOT_KNOWN = OptionalLong.of(-1);

    /** Whom the kernel names so comes from another user namespace: that is no user of ours. */
    private static final long NOBODY = 65534;

    static final Caller UNKNOWN = new Caller(Optional.empty(), Tier.PUBLIC, "", false);

    Caller(Optional<Peer> peer, Tier tier, String via, boolean monitors) {
        this(peer, tier, via, monitors, Optional.empty(), NOT_KNOWN);
    }

    /** Of another user or mount namespace, or the user {@code nobody}. */
    boolean isForeign() {
        return uid() == NOBODY;
    }

    /** By the kernel's word on the Unix socket. */
    static Caller of(Peer peer) {
        Tier tier =
                peer.uid() == 0
                        ? Tier.ADMIN
                        : peer.uid() < 0 || peer.uid() == NOBODY ? Tier.PUBLIC : Tier.USER;
        return new Caller(Optional.of(peer), tier, "", false);
    }

    /** The same person, with no more rights than a tier gives. */
    Caller within(Tier most, String why) {
        return new Caller(peer, tier.covers(most) ? most : tier, why, monitors, signedIn, login);
    }

    /** The same person as an administrator: of an agent of their own. */
    Caller administering() {
        return new Caller(peer, Tier.ADMIN, via, monitors, signedIn, login);
    }

    /** The same, by what is known of its login. */
    Caller loggedIn(OptionalLong who) {
        return new Caller(peer, tier, via, monitors, signedIn, who);
    }

    boolean isAdmin() {
        return tier == Tier.ADMIN;
    }

    /** Root on the Unix socket, in its own right, and so no token. */
    boolean isRootHere() {
        return isAdmin() && via.isEmpty();
    }

    /** The kernel's number; -1 when unknown. */
    long uid() {
        return peer.map(Peer::uid).orElse(-1L);
    }

    /** For records of limits: a connection is no session of its own. */
    String session() {
        return uid() + "@api";
    }

    /** For records, without asking the name service; see {@link People#info}. */
    AuditDraft.UserInfo info() {
        String name = uid() == 0 ? "root" : peer.isPresent() ? "#" + uid() : "unknown";
        return new AuditDraft.UserInfo(name, uid(), "", "", peer.map(Peer::pid).orElse(0), "");
    }
}
