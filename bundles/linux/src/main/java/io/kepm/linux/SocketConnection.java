package io.kepm.linux;

import com.sun.jna.Native;
import io.kepm.api.linux.Peer;
import io.kepm.api.linux.UnixSockets.Connection;
import io.kepm.api.linux.UnixSockets.Frame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One accepted connection. One thread at a time receives; {@link #send} may also be called by
 * others, and fails once the connection is closed, so that nobody writes to a number that is
 * somebody else's by then.
 */
final class SocketConnection implements Connection, AutoCloseable {

    private static final Duration SEND_TIME = Duration.ofSeconds(5);

    private final int socket;
    private final Peer peer;
    private final KeptConnections keeper;
    private final boolean takesDescriptors;
    private final Object lock = new Object();
    private @Nullable FrameReader reader;
    private @Nullable Consumer<Optional<Frame>> lastWord;
    private boolean closed;

    /**
     * @param takesDescriptors whether the peer may pass one with a frame
     */
    SocketConnection(int socket, Peer peer, KeptConnections keeper, boolean takesDescriptors) {
        this.takesDescriptors = takesDescriptors;
        this.socket = socket;
        this.peer = peer;
        this.keeper = keeper;
    }

    @Override
    public Peer peer() {
        return peer;
    }

    @Override
    public boolean peerLives() {
        synchronized (lock) {
            return !closed && Peers.lives(socket);
        }
    }

    @Override
    public Frame receive(int maxBytes, Duration timeout) throws IOException {
        if (reader == null) {
            reader = new FrameReader(socket, takesDescriptors);
        }
        return reader.receive(maxBytes, timeout);
    }

    @Override
    public boolean keep(Consumer<Optional<Frame>> whoHears) {
        if (!keeper.reserve()) {
            return false;
        }
        lastWord = whoHears;
        return true;
    }

    /** Who hears the last word of the peer, when the connection is to be kept. */
    Optional<Consumer<Optional<Frame>>> kept() {
        return Optional.ofNullable(lastWord);
    }

    /** Gives back the memory that receiving needs until the next time. */
    void rest() {
        if (reader != null) {
            reader.close();
            reader = null;
        }
    }

    int number() {
        return socket;
    }

    @Override
    public void send(byte[] payload) throws IOException {
        byte[] frame = framed(payload);
        synchronized (lock) {
            checkOpen();
            write(frame);
        }
    }

    private static byte[] framed(byte[] payload) {
        return ByteBuffer.allocate(4 + payload.length).putInt(payload.length).put(payload).array();
    }

    private void checkOpen() throws IOException {
        if (closed) {
            throw new IOException("the connection is closed");
        }
    }

    /** Writes one frame with a descriptor at its first byte; it stays ours as well. */
    void pass(byte[] payload, int descriptor) throws IOException {
        byte[] frame = framed(payload);
        synchronized (lock) {
            checkOpen();
            long sent = Rights.send(socket, frame, descriptor);
            if (sent <= 0) {
                throw new IOException("passing a descriptor: " + Libc.words(Native.getLastError()));
            }
            write(Arrays.copyOfRange(frame, (int) sent, frame.length));
        }
    }

    private void write(byte[] frame) throws IOException {
        Deadline deadline = Deadline.in(SEND_TIME, "sending a frame");
        byte[] rest = frame;
        try (Poll poll = new Poll(1)) {
            while (rest.length > 0) {
                long count =
                        Libc.send(socket, rest, rest.length, Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL);
                int errno = count < 0 ? Native.getLastError() : 0;
                if (count >= 0) {
                    rest = Arrays.copyOfRange(rest, (int) count, rest.length);
                } else if (errno == Libc.EAGAIN) {
                    poll.watch(0, socket, Libc.POLLOUT).await(deadline.millisLeft());
                } else if (errno != Libc.EINTR) {
                    throw new IOException("sending: " + Libc.words(errno));
                }
            }
        } catch (IOException e) {
            // Half a frame may be out: nothing that follows would be understood.
            Libc.shutdown(socket, Libc.SHUT_RDWR);
            throw e;
        }
    }

    /** Wakes up whoever waits on this connection; it stays for its own thread to close. */
    void hangUp() {
        synchronized (lock) {
            if (!closed) {
                Libc.shutdown(socket, Libc.SHUT_RDWR);
            }
        }
    }

    @Override
    public void close() {
        synchronized (lock) {
            if (!closed) {
                closed = true;
                Libc.close(socket);
            }
        }
        rest();
    }
}
