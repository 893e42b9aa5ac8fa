package io.kepm.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.felix.utils.properties.Properties;
import org.junit.jupiter.api.Test;

/** Karaf's monitor thread sleeps nearly always, and never holds up a stop. */
class QuietLockTest {

    private static final Path CONFIGURATION =
            Path.of("../../karaf-assembly/src/main/resources/lib/etc/config.properties");

    @Test
    void the_monitor_is_answered_slowly_and_an_interrupt_ends_both_pauses() throws Exception {
        QuietLock lock = new QuietLock(new Properties());
        assertThat(lock.lock()).isTrue();
        AtomicBoolean alive = new AtomicBoolean();
        AtomicBoolean interrupted = new AtomicBoolean();
        Thread monitor =
                new Thread(
                        () -> {
                            alive.set(lock.isAlive());
                            interrupted.set(Thread.currentThread().isInterrupted());
                        });
        monitor.start();
        monitor.join(500);
        assertThat(monitor.isAlive()).as("it still waits").isTrue();
        monitor.interrupt();
        monitor.join(TimeUnit.SECONDS.toMillis(60));
        assertThat(monitor.isAlive()).isFalse();
        assertThat(alive).isTrue();
        assertThat(interrupted).as("Karaf's own pause ends too").isTrue();
        lock.release();
    }

    @Test
    void the_distribution_names_it_and_karaf_can_make_it() throws Exception {
        Properties shipped = new Properties(CONFIGURATION.toFile());
        assertThat(Files.exists(CONFIGURATION)).isTrue();
        assertThat(shipped.get("karaf.lock")).isEqualTo("true");
        Object made =
                Class.forName(shipped.get("karaf.lock.class"))
                        .getConstructor(Properties.class)
                        .newInstance(shipped);
        assertThat(made).isInstanceOf(QuietLock.class);
    }
}
