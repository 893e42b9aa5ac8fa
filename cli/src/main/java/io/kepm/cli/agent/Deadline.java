package io.kepm.cli.agent;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Closes a channel when its time is up, so that whoever waits on it wakes; a Unix channel has no
 * time-out of its own. One daemon thread, ended by {@link #close}.
 */
final class Deadline implements AutoCloseable {

    private final SocketChannel channel;
    private final Duration limit;
    private final Thread thread;
    private volatile boolean passed;
    private volatile long end;

    Deadline(SocketChannel channel, Duration limit) {
        this.channel = channel;
        this.limit = limit;
        extend();
        this.thread =
                new Thread("kepm-deadline") {
                    @Override
                    public void run() {
                        await();
                    }
                };
        thread.setDaemon(true);
        thread.start();
    }

    private void await() {
        try {
            for (long left = left(); left > 0; left = left()) {
                Thread.sleep(left);
            }
            passed = true;
            channel.close();
        } catch (InterruptedException e) {
            // The answer was there in time.
        } catch (IOException e) {
            // It is closed for whoever waits on it all the same.
        }
    }

    private long left() {
        return TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime() + 999_999);
    }

    /** From now on the whole time again. */
    void extend() {
        end = System.nanoTime() + limit.toNanos();
    }

    boolean hasPassed() {
        return passed;
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
