package io.kepm.sudo;

import io.kepm.api.linux.UnixSockets.Connection;
import io.kepm.api.linux.UnixSockets.Descriptor;
import io.kepm.api.linux.UnixSockets.Frame;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Those beyond the limit: who is not governed may have a right that stands whatever the limit, so
 * what they ask is read. INVARIANT: they hold up nobody who has a place, as few are looked at, each
 * for a moment, by workers that no place needs. Safe for use by many threads.
 */
final class Latecomers {

    /** How many are looked at or wait for it, and so how many workers it takes. */
    static final int MOST = 32;

    private static final Logger LOG = LoggerFactory.getLogger(Latecomers.class);
    private static final int READERS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Invokers invokers;
    private final int mostBytes;
    private final Admission admission = new Admission(MOST, () -> MOST / 2);
    private final Semaphore readers = new Semaphore(READERS, true);

    /**
     * @param mostBytes of a frame
     */
    Latecomers(Invokers invokers, int mostBytes) {
        this.invokers = invokers;
        this.mostBytes = mostBytes;
    }

    /** Answers a frame. */
    interface Hearing {
        void hear(Frame frame) throws IOException;
    }

    /** False when there was no room for it, when it may not be heard, or when it said nothing. */
    boolean hear(Connection connection, long invoker, Hearing hearing) throws IOException {
        if (invoker == Invokers.UNKNOWN) {
            return false;
        }
        Optional<Admission.Place> place = admission.enter(invoker);
        if (place.isEmpty()) {
            return false;
        }
        try {
            if (!readers.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                return false;
            }
            try {
                return !invokers.isGoverned(invoker) && read(connection, hearing);
            } finally {
                readers.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            place.get().close();
        }
    }

    private boolean read(Connection connection, Hearing hearing) throws IOException {
        Frame frame;
        try {
            frame = connection.receive(mostBytes, PATIENCE);
        } catch (IOException e) {
            LOG.debug("nothing was asked in time", e);
            return false;
        }
        try {
            hearing.hear(frame);
            return true;
        } finally {
            frame.descriptor().ifPresent(Descriptor::close);
        }
    }
}
