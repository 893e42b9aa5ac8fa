package io.kepm.linux;

import io.kepm.api.health.HealthCheck;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** The clock's line in the agent's health; it looks when it is asked. */
@Component(immediate = true)
public final class ClockComponent implements HealthCheck {

    /** Seconds since boot, sleep included, with two digits after the point: proc(5). */
    private static final Path UPTIME = Path.of("/proc/uptime");

    private final ClockCheck clock;

    @Activate
    public ClockComponent() {
        clock = new ClockCheck(InstantSource.system(), ClockComponent::sinceBoot);
    }

    @Override
    public String name() {
        return "clock";
    }

    @Override
    public Health check() {
        return clock.look();
    }

    static Duration sinceBoot() {
        try {
            String seconds = Files.readString(UPTIME).split(" ", 2)[0];
            return Duration.ofMillis(new BigDecimal(seconds).movePointRight(3).longValue());
        } catch (IOException e) {
            throw new UncheckedIOException("can't read `" + UPTIME + "`", e);
        }
    }
}
