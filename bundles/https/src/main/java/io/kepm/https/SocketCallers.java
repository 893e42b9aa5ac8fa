package io.kepm.https;

import io.kepm.api.elevation.GrantedRoot;
import io.kepm.api.linux.Origin;
import io.kepm.api.linux.Peer;
import io.kepm.api.linux.UnixSockets;
import io.kepm.api.trust.Launches;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who connected to the Unix socket, by the kernel's word. Root is an administrator in its own right
 * only: not by a grant (elevation.md §4), and not as a component that the agent launched. Safe for
 * use by many threads.
 */
final class SocketCallers {

    private static final Logger LOG = LoggerFactory.getLogger(SocketCallers.class);

    private final UnixSockets sockets;
    private final GrantedRoot granted;
    private final Launches launches;
    private final OptionalLong developer;

    /**
     * @param developer who tries things out with an agent of their own, and administers it
     */
    SocketCallers(
            UnixSockets sockets, GrantedRoot granted, Launches launches, OptionalLong developer) {
        this.sockets = sockets;
        this.granted = granted;
        this.launches = launches;
        this.developer = developer;
    }

    /** Empty when the connection has to end: unknown is never somebody. */
    Optional<Caller> of(SocketChannel channel) {
        try {
            Peer peer = sockets.peer(channel);
            Caller caller = Caller.of(peer).loggedIn(login(channel));
            if (developer.isPresent() && developer.getAsLong() == peer.uid()) {
                return Optional.of(developing(caller, sockets.origin(channel)));
            }
            return Optional.of(peer.uid() == 0 ? root(caller, sockets.origin(channel)) : caller);
        } catch (IOException e) {
            LOG.debug("no peer credentials: {}", e.getMessage());
            return Optional.empty();
        }
    }

    /** Before anybody can connect. */
    void refuseDescriptors(Object transport) throws IOException {
        if (!(transport instanceof ServerSocketChannel listening)) {
            throw new IOException("the socket of this connector is not a channel of the JDK");
        }
        sockets.refuseDescriptors(listening);
    }

    /** What their agent launched for them does not administer it. */
    private Caller developing(Caller caller, Origin origin) {
        return launches.launched(origin).isPresent() ? caller : caller.administering();
    }

    /**
     * Asked for when it connects and never again: its number may be another process's later, of
     * somebody who logged in himself (AB-30).
     */
    private OptionalLong login(SocketChannel channel) {
        try {
            return sockets.login(channel);
        } catch (IOException e) {
            LOG.debug("no login: {}", e.getMessage());
            return Caller.NOT_KNOWN;
        }
    }

    private Caller root(Caller caller, Origin origin) {
        return launches.launched(origin)
                .map(component -> "launched as `" + component.clientId() + "`")
                .or(() -> granted.byGrant(origin))
                .map(why -> caller.within(Tier.USER, why))
                .orElse(caller);
    }
}
