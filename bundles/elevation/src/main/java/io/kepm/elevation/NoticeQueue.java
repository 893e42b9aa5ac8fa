package io.kepm.elevation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is to be told to people, one at a time to each, in order, and to everybody in turn: whose
 * desktop does not answer holds up himself, and {@value #THREADS} of them nobody else for longer
 * than a look at theirs takes (3 s). At most {@value #MOST_OF_ONE} wait of one user, and {@value
 * #MOST} of all; the rest is left out. Owns the threads {@code kepm-notices}, which go when idle.
 * Safe for use by many threads.
 */
final class NoticeQueue implements AutoCloseable {

    static final int MOST = 256;
    static final int MOST_OF_ONE = 8;
    private static final int THREADS = 4;

    private static final Logger LOG = LoggerFactory.getLogger(NoticeQueue.class);

    /** A user is in it as long as something of his waits or is shown. */
    private final Map<Long, Deque<Runnable>> waiting = new HashMap<>();

    private int count;

    private final ThreadPoolExecutor threads =
            new ThreadPoolExecutor(
                    THREADS,
                    THREADS,
                    30,
                    TimeUnit.SECONDS,
                    new LinkedBlockingQueue<>(),
                    task -> {
                        Thread made = new Thread(null, task, "kepm-notices", 256 * 1024);
                        made.setDaemon(true);
                        return made;
                    });

    NoticeQueue() {
        threads.allowCoreThreadTimeOut(true);
    }

    /** False when too much waits: it is left out. */
    synchronized boolean add(long uid, Runnable notice) {
        Deque<Runnable> own = waiting.get(uid);
        if (count >= MOST || (own != null && own.size() >= MOST_OF_ONE)) {
            return false;
        }
        count++;
        if (own != null) {
            own.add(notice);
            return true;
        }
        waiting.put(uid, new ArrayDeque<>(java.util.List.of(notice)));
        return turn(uid);
    }

    private boolean turn(long uid) {
        try {
            threads.execute(() -> show(uid));
            return true;
        } catch (RejectedExecutionException e) {
            LOG.debug("nothing is told any more: the agent stops", e);
            return false;
        }
    }

    private void show(long uid) {
        Runnable next = next(uid);
        if (next == null) {
            return;
        }
        try {
            next.run();
        } finally {
            // Behind everybody else who waits.
            turn(uid);
        }
    }

    private synchronized @org.jspecify.annotations.Nullable Runnable next(long uid) {
        Deque<Runnable> own = waiting.get(uid);
        Runnable next = own == null ? null : own.poll();
        if (next == null) {
            waiting.remove(uid);
        } else {
            count--;
        }
        return next;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
