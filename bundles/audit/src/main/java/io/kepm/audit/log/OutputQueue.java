package io.kepm.audit.log;

import io.kepm.api.log.LogRecord;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One output with a bounded queue and a thread of its own, so that a slow one holds nobody up.
 * Lines that can't be sent are tried again; meanwhile the queue fills, and what it has no room for
 * is dropped and counted.
 */
final class OutputQueue {

    static final int CAPACITY = 1000;
    private static final int BATCH = 100;
    private static final long STOP_MILLIS = 1000;

    private final String address;
    private final Output output;
    private final long pauseMillis;
    private final BlockingQueue<LogRecord> queue = new ArrayBlockingQueue<>(CAPACITY);
    private final Drops drops;
    private final AtomicReference<String> news = new AtomicReference<>("");
    private final Thread thread;
    private volatile boolean closing;
    private volatile String trouble = "";

    /**
     * @param pauseMillis between two tries of the same lines
     */
    OutputQueue(String address, Output output, long pauseMillis) {
        this.address = address;
        this.output = output;
        this.pauseMillis = pauseMillis;
        drops = new Drops("the output " + address + " does not take them");
        thread = new Thread(this::run, "log-output");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Sends what is in the queue, for {@value #STOP_MILLIS} ms at most. */
    void close() throws InterruptedException {
        closing = true;
        var unused = queue.offer(Pipeline.WAKE);
        thread.join(STOP_MILLIS);
        thread.interrupt();
    }

    /** Why it takes nothing now; empty when it does. */
    String complaint() {
        return trouble.isEmpty() ? "" : "output `" + address + "`: " + trouble;
    }

    /** Lines that it did not take since the start. */
    long dropped() {
        return drops.total();
    }

    /** Never blocks. */
    void offer(LogRecord escaped) {
        if (!queue.offer(escaped)) {
            drops.add(1);
        }
    }

    /** What the log has to say about this output now. */
    List<String> toSay(Instant now) {
        List<String> texts = new ArrayList<>();
        String changed = news.getAndSet("");
        if (!changed.isEmpty()) {
            texts.add("output " + address + ": " + changed);
        }
        drops.toSay(now).ifPresent(texts::add);
        return texts;
    }

    private void run() {
        List<LogRecord> lines = new ArrayList<>(BATCH);
        try {
            while (!closing || !queue.isEmpty()) {
                lines.add(queue.take());
                queue.drainTo(lines, BATCH - 1);
                lines.removeIf(Pipeline.WAKE::equals);
                if (!lines.isEmpty()) {
                    deliver(lines);
                }
                lines.clear();
            }
        } catch (InterruptedException e) {
            // The stop; what is left is lost with it.
        }
    }

    private void deliver(List<LogRecord> lines) throws InterruptedException {
        while (true) {
            try {
                output.send(lines);
                became("");
                return;
            } catch (Output.Refused e) {
                drops.add(lines.size());
                became(String.valueOf(e.getMessage()));
                return;
            } catch (IOException | RuntimeException e) {
                became(e.getMessage() == null ? e.toString() : e.getMessage());
            }
            Thread.sleep(pauseMillis);
        }
    }

    private void became(String now) {
        if (!now.equals(trouble)) {
            news.set(now.isEmpty() ? "works again" : now);
            trouble = now;
        }
    }
}
