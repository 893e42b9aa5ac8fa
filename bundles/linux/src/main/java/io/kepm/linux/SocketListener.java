package io.kepm.linux;

import com.sun.jna.Native;
import io.kepm.api.linux.Peer;
import io.kepm.api.linux.UnixSockets.Frame;
import io.kepm.api.linux.UnixSockets.Handler;
import io.kepm.api.linux.UnixSockets.Listener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open listener: one thread accepts, a bounded pool serves. When every worker is busy nothing
 * more is accepted; the kernel's queue holds the rest, and when that is full too connect(2) waits.
 * The threads of a socket that is root's alone go before all others of the agent that want a
 * processor: what strangers ask, at other doors and at sockets of ours that are theirs as well,
 * must not hold up a decision of sudo's.
 */
final class SocketListener implements Listener {

    private static final Logger LOG = LoggerFactory.getLogger(SocketListener.class);
    private static final long STACK_BYTES = 512 * 1024;
    private static final long PAUSE_MILLIS = 50;
    private static final int MOST_KEPT = 4096;

    private final String name;
    private final int socket;
    private final int[] stopPipe = {-1, -1};
    private final SocketFile file;
    private final Handler handler;
    private final Peers peers;
    private final Semaphore free;
    private final Set<SocketConnection> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger threads = new AtomicInteger();
    private final boolean isRoots;
    private final int priority;
    private final ThreadPoolExecutor workers;
    private final Thread acceptor;
    private final KeptConnections kept;
    private volatile boolean stopping;

    // Not for correctness: the launcher makes nice values of them.
    @SuppressWarnings("ThreadPriorityCheck")
    SocketListener(Path path, int mode, int most, Handler handler, Peers peers) throws IOException {
        this.name = "kepm-" + path.getFileName();
        this.handler = handler;
        this.peers = peers;
        this.free = new Semaphore(most);
        this.isRoots = (mode & 0077) == 0;
        this.priority = isRoots ? Thread.MAX_PRIORITY : Thread.NORM_PRIORITY;
        socket = Libc.socket(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.CLOEXEC | Libc.NONBLOCK, 0);
        if (socket < 0 || Libc.pipe2(stopPipe, Libc.CLOEXEC) != 0) {
            throw new IOException("no socket: " + Libc.words(Native.getLastError()));
        }
        try {
            if (!isRoots && !Peers.refuseDescriptors(socket)) {
                throw new IOException(
                        "this kernel can't refuse open files that are passed (Linux 6.16 can)");
            }
            kept = new KeptConnections(name, MOST_KEPT, stopPipe[0]);
            file = SocketFile.bind(socket, path, mode);
        } catch (IOException | RuntimeException e) {
            closeNumbers();
            throw e;
        }
        // A thread gives its permit back a moment before it is free again: hence twice as many.
        workers =
                new ThreadPoolExecutor(
                        1,
                        2 * most,
                        30,
                        TimeUnit.SECONDS,
                        new SynchronousQueue<>(),
                        this::worker,
                        SocketListener::waitForOne);
        acceptor = new Thread(null, this::accept, name, STACK_BYTES);
        acceptor.setDaemon(true);
        acceptor.setPriority(priority);
    }

    SocketListener start() {
        acceptor.start();
        return this;
    }

    // Not for correctness: the launcher makes nice values of them.
    @SuppressWarnings("ThreadPriorityCheck")
    private Thread worker(Runnable work) {
        Thread thread = new Thread(null, work, name + "-" + threads.incrementAndGet(), STACK_BYTES);
        thread.setDaemon(true);
        thread.setPriority(priority);
        return thread;
    }

    /** Every thread has just given its permit back, none is free yet: one is in a moment. */
    private static void waitForOne(Runnable work, ThreadPoolExecutor workers) {
        try {
            if (workers.isShutdown()) {
                throw new RejectedExecutionException("the listener is closed");
            }
            workers.getQueue().put(work);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RejectedExecutionException("the listener is closed", e);
        }
    }

    private void accept() {
        try (Poll poll = new Poll(2)) {
            while (!stopping) {
                free.acquire();
                if (!turn(poll)) {
                    free.release();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException e) {
            LOG.error("nobody is answered any more on {}", name, e);
        }
    }

    /** One turn; not even an error (no memory, no thread) ends the listening. */
    private boolean turn(Poll poll) throws IOException, InterruptedException {
        try {
            return acceptOne(poll);
        } catch (RuntimeException | Error e) {
            LOG.error("{}: a caller was not served", name, e);
            Thread.sleep(PAUSE_MILLIS);
            return false;
        }
    }

    /** True when a worker took it over, together with the permit. */
    private boolean acceptOne(Poll poll) throws IOException, InterruptedException {
        poll.watch(0, socket, Libc.POLLIN).watch(1, stopPipe[0], Libc.POLLIN);
        if (!poll.await(-1) || poll.isReady(1)) {
            return false;
        }
        int accepted = Libc.accept4(socket, null, null, Libc.CLOEXEC | Libc.NONBLOCK);
        if (accepted < 0) {
            int errno = Native.getLastError();
            if (errno == Libc.EMFILE || errno == Libc.ENFILE) {
                LOG.warn("{}: {}", name, Libc.words(errno));
                Thread.sleep(PAUSE_MILLIS);
            }
            return false;
        }
        return handOver(accepted);
    }

    private boolean handOver(int accepted) {
        SocketConnection connection;
        try {
            // Here and not on the worker: a peer may live for a few milliseconds only.
            Peer peer = peers.of(accepted);
            connection = new SocketConnection(accepted, peer, kept, isRoots);
        } catch (IOException | RuntimeException | Error e) {
            LOG.debug("{}: a caller without identity", name, e);
            Libc.close(accepted);
            return false;
        }
        try {
            open.add(connection);
            workers.execute(() -> serve(connection));
            return true;
        } catch (RuntimeException | Error e) {
            LOG.warn("{}: no worker", name, e);
            end(connection);
            return false;
        }
    }

    private void serve(SocketConnection connection) {
        try {
            handler.serve(connection);
        } catch (IOException e) {
            LOG.debug("{}: a connection ended", name, e);
        } catch (RuntimeException | Error e) {
            LOG.error("{}: a connection was dropped", name, e);
        } finally {
            release(connection);
            free.release();
        }
    }

    private void release(SocketConnection connection) {
        Optional<Consumer<Optional<Frame>>> lastWord = connection.kept();
        if (lastWord.isPresent()) {
            open.remove(connection);
            kept.take(connection, lastWord.get());
        } else {
            end(connection);
        }
    }

    private void end(SocketConnection connection) {
        open.remove(connection);
        connection.close();
    }

    @Override
    public void close() {
        synchronized (this) {
            if (stopping) {
                return;
            }
            stopping = true;
        }
        Libc.write(stopPipe[1], new byte[1], 1);
        acceptor.interrupt();
        await(() -> acceptor.join(2000));
        file.remove();
        workers.shutdown();
        open.forEach(SocketConnection::hangUp);
        await(() -> workers.awaitTermination(2, TimeUnit.SECONDS));
        kept.close();
        if (!acceptor.isAlive()) {
            closeNumbers();
        }
    }

    private interface Joining {
        void done() throws InterruptedException;
    }

    private static void await(Joining wait) {
        try {
            wait.done();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void closeNumbers() {
        for (int number : new int[] {socket, stopPipe[0], stopPipe[1]}) {
            if (number >= 0) {
                Libc.close(number);
            }
        }
    }
}
