package io.kepm.storage;

import io.kepm.api.storage.StorageException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What waits for the writer: changes, and reads. Both are bounded; when full, the next caller is
 * refused at once. Safe for use by many threads.
 */
final class WorkQueue {

    static final int MOST_CHANGES = 10_000;
    static final int MOST_READS = 1_000;
    static final int MOST_AT_ONCE = 512;

    /**
     * What to do next: changes first, then a single read, so that readers never make a decision
     * wait for more than one page.
     */
    record Work(List<Pending> changes, Optional<Runnable> read, boolean closing) {
        boolean isEmpty() {
            return changes.isEmpty() && read.isEmpty();
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final ArrayDeque<Pending> changes = new ArrayDeque<>();
    private final ArrayDeque<Runnable> reads = new ArrayDeque<>();
    private boolean closing;

    void add(Pending change) throws StorageException {
        add(changes, change, MOST_CHANGES, "changes");
    }

    void add(Runnable read) throws StorageException {
        add(reads, read, MOST_READS, "reads");
    }

    private <T> void add(ArrayDeque<T> queue, T element, int most, String what)
            throws StorageException {
        lock.lock();
        try {
            if (closing) {
                throw new StorageException("the store is closed: the agent is stopping");
            }
            if (queue.size() >= most) {
                throw new StorageException(
                        "the store is overloaded: %d %s wait already".formatted(most, what));
            }
            queue.add(element);
            arrived.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for work, at most this long. */
    Work take(long millis) throws InterruptedException {
        lock.lock();
        try {
            long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
            while (changes.isEmpty() && reads.isEmpty() && !closing && nanos > 0) {
                nanos = arrived.awaitNanos(nanos);
            }
            List<Pending> batch = new ArrayList<>(Math.min(changes.size(), MOST_AT_ONCE));
            while (batch.size() < MOST_AT_ONCE && !changes.isEmpty()) {
                Pending change = changes.remove();
                if (change.take()) {
                    batch.add(change);
                }
            }
            return new Work(batch, Optional.ofNullable(reads.poll()), closing);
        } finally {
            lock.unlock();
        }
    }

    /** How many changes and reads wait. */
    record Depth(int changes, int reads) {}

    /** Waits for nobody but those who put something in or take it out. */
    Depth depth() {
        lock.lock();
        try {
            return new Depth(changes.size(), reads.size());
        } finally {
            lock.unlock();
        }
    }

    /** Lets nothing in any more; what is in is still handed out. */
    void close() {
        lock.lock();
        try {
            closing = true;
            arrived.signal();
        } finally {
            lock.unlock();
        }
    }
}
