package io.kepm.api.linux;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** Who is at the other end of a TCP connection on loopback (sock_diag(7), one exact look-up). */
@ProviderType
public interface SocketOwners {

    /**
     * The owner of a connected socket.
     *
     * @param local the address of that socket, so for a client its own
     * @param remote what it is connected to, so for a client the door
     * @return empty when there is no such connection any more
     */
    Optional<Owner> ownerOf(InetSocketAddress local, InetSocketAddress remote) throws IOException;

    /**
     * Whether a socket is one of this very process. Whoever can't tell says no.
     *
     * @param owner as {@link #ownerOf} just said it
     */
    default boolean isOurs(Owner owner) {
        return false;
    }

    /**
     * Who answers for a uid when connections are counted: for a subordinate one (subuid(5)) the
     * user who has it, for any other itself. Does not wait for a name service. It proves nothing.
     */
    default long answersFor(long uid) {
        return uid;
    }

    /**
     * Owner of a socket.
     *
     * @param uid who made it
     * @param inode its number, as in {@code /proc/PID/fd}
     */
    record Owner(long uid, long inode) {}
}
