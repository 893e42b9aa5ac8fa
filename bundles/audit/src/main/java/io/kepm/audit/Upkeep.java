package io.kepm.audit;

import io.kepm.api.storage.StorageException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that keeps the audit in order. Each chore fails alone, and is tried again at its
 * next turn.
 */
final class Upkeep implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
    private static final Duration TICK = Duration.ofSeconds(1);

    /** The start has enough to do: what is seldom done waits for this. */
    private static final Duration REST = Duration.ofSeconds(10);

    /**
     * Something to be done again and again.
     *
     * @param name what it is, for people
     */
    record Chore(String name, Duration every, Step step) {}

    /** What a chore does. */
    interface Step {
        void run(Instant now) throws StorageException;
    }

    private final List<Chore> chores;
    private final InstantSource clock;
    private final Thread thread;
    private final Map<String, String> troubles = new ConcurrentSkipListMap<>();
    private volatile boolean closed;

    Upkeep(List<Chore> chores, InstantSource clock) {
        this.chores = List.copyOf(chores);
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

    /** What does not work at the moment; empty when all does. */
    List<String> troubles() {
        List<String> told = new ArrayList<>();
        troubles.forEach((name, why) -> told.add(name + ": " + why));
        if (thread.getState() == Thread.State.TERMINATED && !closed) {
            told.add("the thread that keeps the audit in order has ended");
        }
        return told;
    }

    private void run() {
        long[] due = new long[chores.size()];
        long start = System.nanoTime();
        for (int i = 0; i < due.length; i++) {
            boolean isSeldom = chores.get(i).every().compareTo(TICK) > 0;
            due[i] = start + (isSeldom ? REST : TICK).toNanos();
        }
        while (!closed) {
            LockSupport.parkNanos(TICK.toNanos());
            long now = System.nanoTime();
            for (int i = 0; i < due.length && !closed; i++) {
                // A wake-up is for what is done each second.
                Chore chore = chores.get(i);
                if (now - due[i] >= 0 || chore.every().equals(TICK)) {
                    due[i] = now + chore.every().toNanos();
                    look(chore);
                }
            }
        }
    }

    /** Does one of them; a fault of any kind is its own. */
    void look(Chore chore) {
        try {
            chore.step().run(clock.instant());
            troubles.remove(chore.name());
        } catch (StorageException | RuntimeException | Error e) {
            String why = String.valueOf(e.getMessage() == null ? e : e.getMessage());
            if (troubles.put(chore.name(), why) == null && !closed) {
                LOG.warn("the audit can't be kept in order: {}: {}", chore.name(), why);
            }
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
