package io.kepm.mqtt;

import io.kepm.api.linux.Launcher;
import io.kepm.api.trust.Launches;
import java.net.InetSocketAddress;

/** Says who is connecting. */
interface Authenticator {

    /** The uid of whom nobody can tell. */
    long NOT_KNOWN = -1;

    /**
     * The uid at the other end of a connection: it says how many one user has, and proves nothing.
     * Does not block.
     */
    default long owner(InetSocketAddress peer, InetSocketAddress door) {
        return NOT_KNOWN;
    }

    /** The uid that counts for this one; does not block. */
    default long answersFor(long uid) {
        return uid;
    }

    /** Whether something that was launched runs as that user; does not block. */
    default boolean isExpected(long uid) {
        return false;
    }

    /** See {@link Launches#identify}; called on a thread that may wait. */
    Launches.Verdict identify(
            String clientId, byte[] secret, InetSocketAddress peer, InetSocketAddress door);

    /** Whether that process is still the one of that client id; does not block. */
    boolean isRunning(String clientId, Launcher.Identity process);
}
