package io.kepm.cli.agent;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * Closes a channel when its time is up, so that whoever waits on it wakes; a Unix channel has no
 * time-out of its own. One daemon thread, ended by {@link #close}.
 */
final class Deadline implements AutoCloseable {

    private final SocketChannel channel;
    private final Duration limit;
    private final Thread thread;
    private volatile boolean passed;

    Deadline(SocketChannel channel, Duration limit) {
        this.channel = channel;
        this.limit = limit;
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
            Thread.sleep(limit.toMillis());
            passed = true;
            channel.close();
        } catch (InterruptedException e) {
            // The answer was there in time.
        } catch (IOException e) {
            // It is closed for whoever waits on it all the same.
        }
    }

    boolean hasPassed() {
        return passed;
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
