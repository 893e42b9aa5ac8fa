package io.kepm.audit.log;

import io.kepm.api.log.LogLevel;
import io.kepm.api.log.LogRecord;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Stand-ins for the clock, the disk and what is outside. */
final class Fakes {

    private Fakes() {}

    static LogRecord line(String message) {
        return line(Instant.parse("2026-11-25T10:00:00Z"), message);
    }

    static LogRecord line(Instant time, String message) {
        return LogRecord.of(time, LogLevel.WARNING, "io.kepm.policy.PolicyFolder", message);
    }

    static void await(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 6000 && !condition.getAsBoolean(); i++) {
            Thread.sleep(10);
        }
    }

    /** A clock that is turned by hand. */
    static final class Clock implements InstantSource {
        private volatile Instant now;

        Clock(String now) {
            this.now = Instant.parse(now);
        }

        void set(String time) {
            now = Instant.parse(time);
        }

        void pass(Duration time) {
            now = now.plus(time);
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    /** A real file on a disk that may be full: then half of a line gets through. */
    static final class Disk implements LogFile.Opening {
        volatile boolean full;
        volatile long free = Long.MAX_VALUE;

        @Override
        public OutputStream open(Path file) throws IOException {
            OutputStream real = LogFile.append(file);
            return new OutputStream() {
                @Override
                public void write(int b) throws IOException {
                    write(new byte[] {(byte) b}, 0, 1);
                }

                @Override
                public void write(byte[] bytes, int from, int length) throws IOException {
                    real.write(bytes, from, full ? length / 2 : length);
                    if (full) {
                        throw new IOException("No space left on device");
                    }
                }

                @Override
                public void close() throws IOException {
                    real.close();
                }
            };
        }
    }

    /** An output that may hang or fail. */
    static final class Outside implements Output {
        final List<LogRecord> got = new ArrayList<>();
        volatile boolean hangs;
        volatile String failure = "";
        volatile boolean refuses;

        @Override
        public void send(List<LogRecord> escaped) throws IOException, InterruptedException {
            while (hangs) {
                Thread.sleep(5);
            }
            if (refuses) {
                throw new Output.Refused("HTTP 400");
            }
            if (!failure.isEmpty()) {
                throw new IOException(failure);
            }
            synchronized (got) {
                got.addAll(escaped);
            }
        }

        int count() {
            synchronized (got) {
                return got.size();
            }
        }
    }
}
