package io.kepm.api.linux;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;

/** Unix stream sockets with peer credentials and descriptor passing. */
@ProviderType
public interface UnixSockets {

    /**
     * Listens on a path whose folder is root-owned. A socket left behind by an agent that is gone
     * is replaced; anything else in its place is an error.
     *
     * @param mode permission bits of the socket file, such as {@code 0600}; never wider, not even
     *     for a moment. At a socket that others than root can reach no descriptor is taken: what
     *     lies behind one of somebody's own making may hold whoever closes it for ever. A kernel
     *     before 6.16 can't keep them away: there is no such socket then
     * @param workers most connections served at once; more wait in the kernel's queue
     * @param handler serves one connection on a worker thread; the connection is closed when it
     *     returns
     */
    Listener listen(Path path, int mode, int workers, Handler handler) throws IOException;

    /**
     * Who is behind a channel of the JDK (Jetty's). Uid 65534 when it comes from another user or
     * mount namespace: its numbers are not those of this system.
     */
    Peer peer(SocketChannel channel) throws IOException;

    /**
     * Where the process that connected comes from.
     *
     * @throws IOException when it has ended meanwhile or can't be looked at
     */
    default Origin origin(SocketChannel channel) throws IOException {
        throw new IOException("where the peer comes from is not known here");
    }

    /**
     * Who had logged in where the process that connected runs (proc_pid_loginuid(5)), which {@code
     * sudo} and a fork leave alone; empty when nobody had. To be asked as soon as it has connected:
     * a kernel before 6.5 can't tell that its number is another process's by then.
     *
     * @throws IOException when it has ended meanwhile or can't be looked at
     */
    default OptionalLong login(SocketChannel channel) throws IOException {
        throw new IOException("who had logged in is not known here");
    }

    /**
     * Whoever connects to a listening channel of the JDK can pass it no descriptor: the last to let
     * go of one may have to wait for whoever made it, and that would be the thread that read the
     * bytes it came with. On a kernel before 6.16 nothing happens.
     */
    default void refuseDescriptors(ServerSocketChannel channel) throws IOException {}

    /** Serves one connection. */
    @FunctionalInterface
    interface Handler {
        void serve(Connection connection) throws IOException;
    }

    /** An open listener; closing it stops its threads and removes the socket file. */
    interface Listener extends AutoCloseable {
        @Override
        void close();
    }

    /** One connection; for use by one thread. */
    interface Connection {
        Peer peer();

        /**
         * Whether the very process that connected still runs. INVARIANT: what {@code /proc} said of
         * its number was said of it only if it lives afterwards. False where the kernel can't tell
         * (before 6.5).
         */
        boolean peerLives();

        /**
         * Reads one frame: length (32 bits, big endian), then that many bytes.
         *
         * @throws java.net.SocketTimeoutException when the time-out passed before the first byte:
         *     the frame can still be read
         * @throws IOException when the peer is gone, the time-out passed within a frame, or the
         *     frame is longer than {@code maxBytes}
         */
        Frame receive(int maxBytes, Duration timeout) throws IOException;

        /** Writes one frame. */
        void send(byte[] payload) throws IOException;

        /**
         * Keeps the connection open after the handler has returned, for one last word of the peer,
         * without a worker. False when too many are kept already: it is closed as usual then.
         *
         * @param lastWord hears, once and on another thread, the next frame, or empty when the peer
         *     is gone or sent no frame; nothing when the listener is closed first
         */
        boolean keep(Consumer<Optional<Frame>> lastWord);
    }

    /** A frame and the descriptor that came with it, if any; whoever received it closes it. */
    record Frame(byte[] payload, Optional<Descriptor> descriptor) {}

    /** An open file that was passed to us. */
    interface Descriptor extends AutoCloseable {
        int number();

        @Override
        void close();
    }
}
