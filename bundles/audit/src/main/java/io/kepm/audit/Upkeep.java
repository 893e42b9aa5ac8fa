package io.kepm.audit;

import io.kepm.api.storage.StorageException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread that keeps the audit in order: signs, sums up floods, removes what is too old. */
final class Upkeep implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
    private static final long SECOND = 1_000_000_000L;
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);

    /** What is done on this thread. */
    interface Work {
        void everySecond(Instant now) throws StorageException;

        void everyMinute() throws StorageException;

        void everyHour(Instant now) throws StorageException;
    }

    private final Work work;
    private final InstantSource clock;
    private final Thread thread;
    private volatile boolean closed;
    private volatile boolean failing;

    Upkeep(Work work, InstantSource clock) {
        this.work = work;
        this.clock = clock;
        this.thread = new Thread(this::run, "kepm-audit-upkeep");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Has it look at once. */
    void wake() {
        LockSupport.unpark(thread);
    }

    private void run() {
        // The first minute and hour begin with the start, which has enough to do.
        long minute = System.nanoTime() + MINUTE.toNanos() / 6;
        long hour = System.nanoTime() + MINUTE.toNanos();
        while (!closed) {
            LockSupport.parkNanos(SECOND);
            long now = System.nanoTime();
            boolean minuteIsDue = now - minute >= 0;
            boolean hourIsDue = now - hour >= 0;
            minute = minuteIsDue ? now + MINUTE.toNanos() : minute;
            hour = hourIsDue ? now + HOUR.toNanos() : hour;
            look(minuteIsDue, hourIsDue);
        }
    }

    private void look(boolean minuteIsDue, boolean hourIsDue) {
        try {
            work.everySecond(clock.instant());
            if (minuteIsDue) {
                work.everyMinute();
            }
            if (hourIsDue) {
                work.everyHour(clock.instant());
            }
            failing = false;
        } catch (StorageException | RuntimeException e) {
            if (!failing && !closed) {
                LOG.warn("the audit can't be kept in order: {}", e.toString());
            }
            failing = true;
        }
    }

    /** Ends the thread; what it has in hand it finishes, for 2 s at most. */
    @Override
    public void close() {
        closed = true;
        wake();
        try {
            thread.join(2_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
