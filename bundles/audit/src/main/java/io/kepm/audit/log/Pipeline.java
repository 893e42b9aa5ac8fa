package io.kepm.audit.log;

import io.kepm.api.log.LogIntake;
import io.kepm.api.log.LogLevel;
import io.kepm.api.log.LogRecord;
import io.kepm.api.metrics.Metric;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The one way of every line. Whoever says something puts it into a bounded queue and goes on; one
 * thread takes it out, escapes it, writes it to the file and offers it to the outputs. A full queue
 * drops the line and counts it.
 */
final class Pipeline implements LogIntake {

    /** The logger of what the log says about itself. */
    static final String OWN = "io.kepm.log";

    /** Put into a queue by a stop, so that its thread looks up; no line. */
    static final LogRecord WAKE = LogRecord.of(Instant.EPOCH, LogLevel.TRACE, "", "");

    private static final int CAPACITY = 4096;
    private static final int BATCH = 256;
    private static final long IDLE_MILLIS = 5000;
    private static final long STOP_MILLIS = 2000;

    private final Levels levels;
    private final FileSink file;
    private final List<OutputQueue> outputs;
    private final InstantSource clock;
    private final BlockingQueue<LogRecord> queue = new ArrayBlockingQueue<>(CAPACITY);
    private final Drops drops = new Drops("they came faster than they could be written");
    private final Thread thread;
    private volatile boolean closing;

    /**
     * @param first what the thread does before it takes the first line out
     */
    Pipeline(
            Levels levels,
            FileSink file,
            List<OutputQueue> outputs,
            InstantSource clock,
            Runnable first) {
        this.levels = levels;
        this.file = file;
        this.outputs = List.copyOf(outputs);
        this.clock = clock;
        thread = new Thread(() -> run(first), "log");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Writes what is in the queue, for {@value #STOP_MILLIS} ms at most. */
    void close() throws InterruptedException {
        closing = true;
        var unused = queue.offer(WAKE);
        // No interrupt: it would close the file under a line.
        thread.join(STOP_MILLIS);
    }

    @Override
    public void log(LogRecord record) {
        if (record.level().compareTo(levels.level(record.logger())) >= 0) {
            accept(record);
        }
    }

    /** As {@link #log}, whatever the level. */
    void accept(LogRecord record) {
        if (!queue.offer(Bounded.of(record))) {
            drops.add(1);
        }
    }

    /** How many lines were dropped, and where. */
    Metric dropped() {
        Map<String, Long> lines =
                Map.of(
                        "file", file.lost(),
                        "outputs", outputs.stream().mapToLong(OutputQueue::dropped).sum(),
                        "queue", drops.total());
        return new Metric(
                "kepm_log_lines_dropped_total",
                Metric.Kind.COUNTER,
                "Lines of the log that were dropped, by where.",
                Metric.gauge("kepm_log", "Lines.", "where", lines).samples());
    }

    private void run(Runnable first) {
        guarded(first);
        while (!closing || !queue.isEmpty()) {
            guarded(this::turn);
        }
        file.close();
    }

    private void turn() {
        List<LogRecord> lines = new ArrayList<>(BATCH);
        try {
            LogRecord line = queue.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
            if (line != null) {
                lines.add(line);
            }
        } catch (InterruptedException e) {
            // Nobody may: see close().
        }
        queue.drainTo(lines, BATCH - 1);
        lines.removeIf(WAKE::equals);
        turn(lines);
    }

    /** Everything that is to do with some lines, or with none. */
    void turn(List<LogRecord> lines) {
        file.look();
        lines.forEach(this::pass);
        drops.toSay(clock.instant()).ifPresent(this::say);
        for (OutputQueue output : outputs) {
            output.toSay(clock.instant()).forEach(this::say);
        }
    }

    /** The log speaks itself: on its own thread, past the queue. */
    private void say(String text) {
        pass(LogRecord.of(clock.instant(), LogLevel.WARNING, OWN, text));
    }

    private void pass(LogRecord said) {
        LogRecord escaped = Escaped.of(said);
        file.write(escaped);
        outputs.forEach(output -> output.offer(escaped));
    }

    /** Whatever fails costs lines, never the thread. */
    private void guarded(Runnable part) {
        try {
            part.run();
        } catch (RuntimeException e) {
            accept(LogRecord.of(clock.instant(), LogLevel.ERROR, OWN, "the log failed: " + e));
        }
    }
}
