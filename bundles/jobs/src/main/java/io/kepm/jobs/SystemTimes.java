package io.kepm.jobs;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * The clocks of this machine: the JVM's, and {@code /proc/uptime} (proc_uptime(5)), which is asked
 * every second and so stays open. Safe for use by many threads.
 */
final class SystemTimes implements Times {

    private static final Path UPTIME = Path.of("/proc/uptime");

    // Guarded by this.
    private final byte[] text = new byte[64];
    private @Nullable RandomAccessFile uptime;

    @Override
    public Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }

    @Override
    public synchronized long sinceBootMillis() {
        try {
            return read();
        } catch (IOException | RuntimeException e) {
            close();
            // Without suspended time, which only makes an interval longer.
            return System.nanoTime() / 1_000_000;
        }
    }

    /** No channel: an interrupt of the thread that asks would close it. */
    private long read() throws IOException {
        RandomAccessFile open = uptime;
        if (open == null) {
            open = new RandomAccessFile(UPTIME.toFile(), "r");
            uptime = open;
        }
        open.seek(0);
        int count = open.read(text);
        String words = new String(text, 0, Math.max(0, count), StandardCharsets.US_ASCII);
        return (long) (Double.parseDouble(words.substring(0, words.indexOf(' '))) * 1000);
    }

    /** Opened again the next time. */
    private void close() {
        RandomAccessFile open = uptime;
        uptime = null;
        try {
            if (open != null) {
                open.close();
            }
        } catch (IOException e) {
            // It was no good anyway.
            return;
        }
    }
}
