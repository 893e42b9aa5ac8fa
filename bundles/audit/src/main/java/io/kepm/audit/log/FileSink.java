package io.kepm.audit.log;

import io.kepm.api.log.LogLevel;
import io.kepm.api.log.LogRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Writes to the log file as long as that works. When it does not (disk full, or nearly so: records
 * need the rest more than the log does), lines are dropped and counted, it is tried again each
 * second, and the first line after that says how many are missing. For use by one thread, but
 * {@link #trouble} and {@link #lost}.
 */
final class FileSink {

    /** Bytes that stay free on its file system, which may be the store's. */
    static final long LEAST_FREE = 32L << 20;

    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final LogFile file;
    private final LogFormat format;
    private final InstantSource clock;
    private final LongSupplier free;
    private volatile String trouble = "";
    private long lost;
    private final AtomicLong lostEver = new AtomicLong();
    private Instant next = Instant.MIN;
    private Instant nextLook = Instant.MIN;

    FileSink(LogFile file, LogFormat format, InstantSource clock) {
        this(file, format, clock, file::free);
    }

    /**
     * @param free bytes that its file system has left
     */
    FileSink(LogFile file, LogFormat format, InstantSource clock, LongSupplier free) {
        this.file = file;
        this.format = format;
        this.clock = clock;
        this.free = free;
    }

    void write(LogRecord escaped) {
        if (clock.instant().isBefore(next)) {
            lose();
            return;
        }
        try {
            checkRoom();
            sayMissing();
            file.write(bytes(escaped));
        } catch (IOException e) {
            lose();
            failed(e);
        }
    }

    private void lose() {
        lost++;
        lostEver.incrementAndGet();
    }

    /** Lines that could not be written since the start. */
    long lost() {
        return lostEver.get();
    }

    /** Now and then, whether there is something to write or not. */
    void look() {
        try {
            file.look();
            sayMissing();
        } catch (IOException e) {
            failed(e);
        }
    }

    void close() {
        try {
            file.close();
        } catch (IOException e) {
            failed(e);
        }
    }

    /** Why nothing can be written now. */
    Optional<String> trouble() {
        return trouble.isEmpty() ? Optional.empty() : Optional.of(trouble);
    }

    private void sayMissing() throws IOException {
        if (lost > 0) {
            if (clock.instant().isBefore(next)) {
                return;
            }
            checkRoom();
            file.write(bytes(missing()));
            lost = 0;
        }
        trouble = "";
    }

    /** Once a second; a flood of lines writes less than that meanwhile. */
    private void checkRoom() throws IOException {
        Instant now = clock.instant();
        if (now.isBefore(nextLook) && !nextLook.isAfter(now.plus(PATIENCE))) {
            return;
        }
        nextLook = now.plus(PATIENCE);
        long left = free.getAsLong();
        if (left < LEAST_FREE) {
            nextLook = now;
            throw new IOException(
                    "only %d MiB are free, and records need them more".formatted(left >> 20));
        }
    }

    private void failed(IOException e) {
        trouble = e.getMessage() == null ? e.toString() : e.getMessage();
        next = clock.instant().plus(PATIENCE);
    }

    private LogRecord missing() {
        return Escaped.of(
                LogRecord.of(
                        clock.instant(),
                        LogLevel.WARNING,
                        Pipeline.OWN,
                        lost + " lines could not be written: " + trouble));
    }

    private byte[] bytes(LogRecord escaped) {
        return (format.line(escaped) + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
