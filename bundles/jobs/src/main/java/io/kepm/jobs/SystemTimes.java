package io.kepm.jobs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The clocks of this machine: the JVM's, and {@code /proc/uptime} (proc_uptime(5)). */
final class SystemTimes implements Times {

    private static final Path UPTIME = Path.of("/proc/uptime");

    @Override
    public Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }

    @Override
    public long sinceBootMillis() {
        try {
            String text = Files.readString(UPTIME);
            return (long) (Double.parseDouble(text.substring(0, text.indexOf(' '))) * 1000);
        } catch (IOException | RuntimeException e) {
            // Without suspended time, which only makes an interval longer.
            return System.nanoTime() / 1_000_000;
        }
    }
}
