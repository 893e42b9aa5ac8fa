package io.kepm.mqtt;

import io.kepm.api.linux.Launcher;
import io.kepm.api.trust.Launches;
import java.net.InetSocketAddress;

/** Says who is connecting. */
interface Authenticator {

    /** Who is at the other end of a connection that begins. Does not block. */
    default Arrival arrival(InetSocketAddress peer, InetSocketAddress door) {
        return Arrival.NOT_KNOWN;
    }

    /** See {@link Launches#identify}; called on a thread that may wait. */
    Launches.Verdict identify(
            String clientId, byte[] secret, InetSocketAddress peer, InetSocketAddress door);

    /** Whether that process is still the one of that client id; does not block. */
    boolean isRunning(String clientId, Launcher.Identity process);
}
