package io.kepm.mqtt;

import io.kepm.api.linux.Launcher;
import io.kepm.api.trust.Launches;
import java.net.InetSocketAddress;

/** Says who is connecting. Called on a thread that may wait. */
interface Authenticator {

    /** See {@link Launches#identify}. */
    Launches.Verdict identify(
            String clientId, byte[] secret, InetSocketAddress peer, InetSocketAddress door);

    /** Whether that process is still the one of that client id; must not block for long. */
    boolean isRunning(String clientId, Launcher.Identity process);
}
