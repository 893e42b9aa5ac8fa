package io.kepm.https;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.eclipse.jetty.util.component.ContainerLifeCycle;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Few threads of a pool at once, for whoever connects over TCP. A thread that finds out that it
 * works for somebody who is known {@link #leave}s them, when nobody waits for its place: it may
 * wait then, for the disk, the name service or a slow body, and no other thread has to be woken to
 * go on with the request. Safe for use by many threads.
 */
final class FewThreads extends ContainerLifeCycle implements Executor {

    private static final ThreadLocal<Turn> CURRENT = new ThreadLocal<>();

    private final Executor pool;
    private final int most;

    // Guarded by this.
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int taken;

    /**
     * Of a pool, which starts and stops with them.
     *
     * @param pool takes {@code most} tasks, and as many more as there may be callers who are known
     */
    FewThreads(QueuedThreadPool pool, int most) {
        this.pool = pool;
        this.most = most;
        addBean(pool, true);
    }

    @Override
    public void execute(Runnable task) {
        synchronized (this) {
            if (taken == most) {
                waiting.add(task);
                return;
            }
            taken++;
        }
        start(task);
    }

    /**
     * Whether this thread may wait: it is none of the few, or was one until now. When it is, and
     * stays, work that may wait is for another thread.
     */
    static boolean leave() {
        Turn turn = CURRENT.get();
        return turn == null || turn.leave();
    }

    private void start(Runnable task) {
        boolean started = false;
        try {
            pool.execute(new Turn(task));
            started = true;
        } finally {
            if (!started) {
                giveBack();
            }
        }
    }

    private synchronized void giveBack() {
        taken--;
    }

    private synchronized boolean giveBackUnlessWanted() {
        if (waiting.isEmpty()) {
            taken--;
            return true;
        }
        return false;
    }

    /** What the place of this thread is for from now on; empty when it was given back. */
    private synchronized Optional<Runnable> next() {
        Optional<Runnable> task = Optional.ofNullable(waiting.poll());
        if (task.isEmpty()) {
            taken--;
        }
        return task;
    }

    /** One place among the few, with one task after the other. */
    private final class Turn implements Runnable {
        private final Runnable first;
        private boolean left;

        Turn(Runnable first) {
            this.first = first;
        }

        boolean leave() {
            left = left || giveBackUnlessWanted();
            return left;
        }

        @Override
        public void run() {
            CURRENT.set(this);
            Optional<Runnable> task = Optional.of(first);
            try {
                while (task.isPresent()) {
                    task.get().run();
                    task = left ? Optional.empty() : next();
                }
            } finally {
                CURRENT.remove();
                if (!left && task.isPresent()) {
                    // It failed; what waits does not.
                    next().ifPresent(FewThreads.this::start);
                }
            }
        }
    }
}
