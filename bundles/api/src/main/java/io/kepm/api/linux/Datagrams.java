package io.kepm.api.linux;

import java.io.IOException;
import org.osgi.annotation.versioning.ProviderType;

/** Unix datagram sockets, such as the journal's, which the JDK has not. */
@ProviderType
public interface Datagrams {

    /**
     * Sends one datagram; does not wait for room in the socket of whoever listens.
     *
     * @throws IOException when nobody listens, there is no room, or it is too long
     */
    void send(String socket, byte[] bytes) throws IOException;
}
