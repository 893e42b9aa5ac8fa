package io.kepm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The time since the machine started, asked every second. */
class SystemTimesTest {

    private final SystemTimes times = new SystemTimes();

    private static long uptimeMillis() throws Exception {
        String text = Files.readString(Path.of("/proc/uptime"));
        return (long) (Double.parseDouble(text.split(" ", 2)[0]) * 1000);
    }

    @Test
    void it_is_the_kernels_and_goes_on() throws Exception {
        long before = uptimeMillis();
        long first = times.sinceBootMillis();
        assertThat(first).isBetween(before, uptimeMillis());
        Thread.sleep(50);
        assertThat(times.sinceBootMillis()).isGreaterThan(first);
    }

    /** An interval would be over at once, or never, with another clock in its place. */
    @Test
    void whoever_is_interrupted_while_asking_spoils_it_for_nobody() throws Exception {
        assertThat(times.sinceBootMillis()).isPositive();
        Thread.currentThread().interrupt();
        long interrupted = times.sinceBootMillis();
        assertThat(Thread.interrupted()).isTrue();
        long before = uptimeMillis();
        assertThat(times.sinceBootMillis()).isBetween(before, uptimeMillis());
        assertThat(interrupted).isLessThanOrEqualTo(before + 10);
    }

    @Test
    void it_opens_no_file_again_and_again() throws Exception {
        times.sinceBootMillis();
        long before = descriptors();
        for (int i = 0; i < 1000; i++) {
            times.sinceBootMillis();
        }
        assertThat(descriptors()).isLessThan(before + 100);
    }

    private static long descriptors() throws Exception {
        try (var open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }
}
