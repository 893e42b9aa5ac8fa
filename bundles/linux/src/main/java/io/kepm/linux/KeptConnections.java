package io.kepm.linux;

import io.kepm.api.linux.UnixSockets.Frame;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections on which only a last word of the peer is awaited: one thread listens to all of them.
 * Safe for use by many threads.
 *
 * <p>INVARIANT: a connection that was taken is closed exactly once, by whoever removes it from the
 * map.
 */
final class KeptConnections implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KeptConnections.class);
    private static final int MOST_BYTES = 64 * 1024;

    /** A last word is one short frame, sent in one piece: nobody waits for the rest of it. */
    private static final Duration PATIENCE = Duration.ofMillis(100);

    private final Semaphore places;
    private final int stop;
    private final Epoll epoll = new Epoll();
    private final Map<Integer, Kept> kept = new ConcurrentHashMap<>();
    private final Thread thread;
    private volatile boolean closed;

    private record Kept(SocketConnection connection, Consumer<Optional<Frame>> lastWord) {}

    /**
     * @param most connections at once
     * @param stop becomes readable when the thread is to end; {@link #close} comes after that
     */
    KeptConnections(String name, int most, int stop) throws IOException {
        this.places = new Semaphore(most);
        this.stop = stop;
        epoll.add(stop);
        thread = new Thread(null, this::listen, name + "-kept", 256 * 1024);
        thread.setDaemon(true);
        thread.start();
    }

    /** A place for one connection; whoever got it has it taken over later. */
    boolean reserve() {
        return !closed && places.tryAcquire();
    }

    /** Gives back a place that nothing was taken over for. */
    void release() {
        places.release();
    }

    /** Takes over a connection for which there is a place. */
    void take(SocketConnection connection, Consumer<Optional<Frame>> lastWord) {
        int number = connection.number();
        connection.rest();
        kept.put(number, new Kept(connection, lastWord));
        try {
            epoll.add(number);
        } catch (IOException e) {
            LOG.warn("a connection can't be kept", e);
            end(number);
        }
        if (closed) {
            end(number);
        }
    }

    private void listen() {
        try {
            while (!closed) {
                for (int number : epoll.await()) {
                    if (number == stop) {
                        return;
                    }
                    hear(number);
                }
            }
        } catch (IOException e) {
            LOG.error("last words are not heard any more", e);
        } finally {
            closed = true;
        }
    }

    private void hear(int number) {
        Kept one = kept.get(number);
        if (one == null) {
            return;
        }
        Optional<Frame> frame = Optional.empty();
        try {
            frame = lastFrame(one.connection());
        } catch (RuntimeException | Error e) {
            LOG.error("a last word was lost", e);
        }
        // Its number may be another one's as soon as it is closed.
        end(number);
        try {
            one.lastWord().accept(frame);
        } catch (RuntimeException | Error e) {
            LOG.error("nobody took a last word", e);
        }
    }

    private static Optional<Frame> lastFrame(SocketConnection connection) {
        try {
            return Optional.of(connection.receive(MOST_BYTES, PATIENCE));
        } catch (IOException e) {
            LOG.debug("a kept connection ended without a word", e);
            return Optional.empty();
        }
    }

    private void end(int number) {
        Kept one = kept.remove(number);
        if (one != null) {
            epoll.remove(number);
            one.connection().close();
            places.release();
        }
    }

    /** Hangs up on all; nobody hears of it. */
    @Override
    public void close() {
        closed = true;
        try {
            thread.join(2000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        kept.keySet().forEach(this::end);
        if (!thread.isAlive()) {
            epoll.close();
        }
    }
}
