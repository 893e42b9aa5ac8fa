package io.kepm.mqtt;

import io.kepm.api.messages.MessageListener;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One listener inside the agent, with a thread of its own ({@code mqtt-listener CLASS}): a slow one
 * loses messages beyond a thousand that wait, and nobody else does.
 */
final class Ear implements AutoCloseable {

    static final int WAITING = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(Ear.class);

    /** How long a loss shows in health. */
    private static final long SHOWN_NANOS = TimeUnit.MINUTES.toNanos(10);

    private final MessageListener listener;
    private final List<TopicFilter> filters;
    private final Predicate<Topic> may;
    private final BlockingQueue<Message> queue = new ArrayBlockingQueue<>(WAITING);
    private final AtomicLong lost = new AtomicLong();
    private final Thread thread;
    private volatile long lastLost;

    Ear(MessageListener listener, List<TopicFilter> filters, Predicate<Topic> may) {
        this.listener = listener;
        this.filters = List.copyOf(filters);
        this.may = may;
        thread = new Thread(this::run, "mqtt-listener " + name());
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    boolean isOf(MessageListener other) {
        return listener == other;
    }

    String name() {
        return listener.getClass().getName();
    }

    void hear(Message message) {
        boolean wanted = filters.stream().anyMatch(filter -> filter.matches(message.topic()));
        if (wanted && may.test(message.topic()) && !queue.offer(message)) {
            lost.incrementAndGet();
            lastLost = System.nanoTime();
        }
    }

    long lost() {
        return lost.get();
    }

    boolean isBehind() {
        return lost.get() > 0 && System.nanoTime() - lastLost < SHOWN_NANOS;
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                hand(queue.take());
            }
        } catch (InterruptedException e) {
            // Closed.
            Thread.currentThread().interrupt();
        }
    }

    private void hand(Message message) {
        try {
            listener.heard(message.topic().text(), message.payload());
        } catch (RuntimeException e) {
            LOG.warn("{} failed with a message of `{}`", name(), message.topic().text(), e);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
