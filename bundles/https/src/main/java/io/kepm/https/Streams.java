package io.kepm.https;

import java.time.Duration;
import java.util.Optional;

/**
 * The places of answers that go on for long. They are not those of requests in flight: a reader
 * holds its connection, one of these places, and nothing that others wait for. Safe for use by many
 * threads.
 */
final class Streams implements AutoCloseable {

    /** Sixteen in all: eight of users, four of one; eight of root. */
    static final Shares.Bounds STANDARD = new Shares.Bounds(16, 8, 4, 8);

    private final Shares places;
    private boolean closed;

    Streams(Shares.Bounds bounds) {
        places = new Shares(bounds);
    }

    /** Empty when this caller has as many as may be. */
    Optional<Shares.Share> open(Caller caller) {
        return places.take(caller, 1);
    }

    /** What is answered when there is no place. */
    static Answer full() {
        return Answer.problem(503, "too many streams are open: close one, or try again")
                .with("Retry-After", "5")
                .closing();
    }

    /** Waits a while; false, at once, when the doors close. */
    synchronized boolean pause(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        try {
            for (long left = time.toMillis();
                    !closed && left > 0;
                    left = (end - System.nanoTime()) / 1_000_000) {
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        return !closed;
    }

    synchronized boolean isClosed() {
        return closed;
    }

    /** Ends every stream. */
    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }
}
