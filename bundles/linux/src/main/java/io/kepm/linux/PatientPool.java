package io.kepm.linux;

import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Accounts.NameServiceException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Look-ups that may hang, each with a deadline, on a bounded number of threads.
 *
 * <p>A caller waits at most the deadline, for a thread and the answer together. A look-up that
 * passed it keeps its thread until the name service lets go. When all threads are held like that,
 * callers are refused at once; short of that, the others go on.
 */
final class PatientPool implements AutoCloseable {

    /** A look-up. */
    interface LookUp<T> {
        T answer() throws NameServiceException;
    }

    private final int threads;
    private volatile Duration deadline;
    private final Semaphore free;
    private final AtomicInteger hanging = new AtomicInteger();
    private final AtomicInteger named = new AtomicInteger();
    private final ExecutorService executor;

    PatientPool(int threads, Duration deadline) {
        this.threads = threads;
        this.deadline = deadline;
        this.free = new Semaphore(threads, true);
        this.executor = Executors.newCachedThreadPool(this::thread);
    }

    private Thread thread(Runnable work) {
        Thread thread = new Thread(null, work, "kepm-names-" + named.incrementAndGet(), 256 * 1024);
        // Nothing ends a hanging look-up but the name service: the JVM must not wait for it.
        thread.setDaemon(true);
        return thread;
    }

    /** For look-ups that begin from now on. */
    void patience(Duration longest) {
        deadline = longest;
    }

    <T> T ask(String what, LookUp<T> lookUp) throws NameServiceException {
        return begin(what, lookUp).await();
    }

    /** Begins a look-up; the deadline counts from now. */
    <T> Accounts.LookUp<T> begin(String what, LookUp<T> lookUp) throws NameServiceException {
        Duration most = deadline;
        long end = System.nanoTime() + most.toNanos();
        try {
            if (hanging.get() >= threads) {
                throw new NameServiceException(
                        what + ": the name service hangs: all " + threads + " look-ups are held");
            }
            if (!free.tryAcquire(most.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new NameServiceException(
                        what + ": no look-up was free within " + most.toMillis() + " ms");
            }
        } catch (InterruptedException e) {
            throw interrupted(what);
        }
        Started<T> started = start(lookUp);
        return () -> await(what, started, end, most);
    }

    private static NameServiceException interrupted(String what) {
        Thread.currentThread().interrupt();
        return new NameServiceException(what + ": interrupted");
    }

    private final class Running<T> {
        private boolean late;
        private boolean over;
        private final LookUp<T> lookUp;

        Running(LookUp<T> lookUp) {
            this.lookUp = lookUp;
        }

        T run() throws NameServiceException {
            try {
                return lookUp.answer();
            } finally {
                end();
            }
        }

        private synchronized void end() {
            over = true;
            if (late) {
                hanging.decrementAndGet();
            }
            free.release();
        }

        synchronized void giveUp() {
            if (!over) {
                late = true;
                hanging.incrementAndGet();
            }
        }
    }

    private record Started<T>(Running<T> running, Future<T> future) {}

    private <T> Started<T> start(LookUp<T> lookUp) {
        Running<T> running = new Running<>(lookUp);
        try {
            return new Started<>(running, executor.submit(running::run));
        } catch (RuntimeException e) {
            free.release();
            throw e;
        }
    }

    private <T> T await(String what, Started<T> started, long end, Duration most)
            throws NameServiceException {
        try {
            long left = Math.max(0, end - System.nanoTime());
            return started.future().get(left, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            started.running().giveUp();
            throw interrupted(what);
        } catch (TimeoutException e) {
            started.running().giveUp();
            throw new NameServiceException(
                    what + ": the name service did not answer within " + most.toMillis() + " ms");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof NameServiceException known) {
                throw known;
            }
            throw new NameServiceException(what + ": the look-up failed: " + e.getCause());
        }
    }

    @Override
    public void close() {
        executor.shutdown();
    }
}
