package io.kepm.linux;

import io.kepm.api.health.HealthCheck.Health;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Whether the clock was set: between two looks it went more than a minute further, or less far,
 * than the time since boot. One that is slowly brought back to the right time is not noticed. Safe
 * for use by many threads.
 */
final class ClockCheck {

    private static final Duration MOST = Duration.ofSeconds(60);

    /** How long it is told, by the time since boot. */
    private static final Duration TOLD = Duration.ofHours(1);

    private final InstantSource clock;
    private final Supplier<Duration> sinceBoot;

    // Guarded by this.
    private Instant lastTime;
    private Duration lastSinceBoot;
    private Optional<Jump> jump = Optional.empty();

    private record Jump(Duration by, Duration sinceBoot) {}

    /**
     * @param sinceBoot what nobody can set; goes on while the machine sleeps
     */
    ClockCheck(InstantSource clock, Supplier<Duration> sinceBoot) {
        this.clock = clock;
        this.sinceBoot = sinceBoot;
        lastTime = clock.instant();
        lastSinceBoot = sinceBoot.get();
    }

    /** Looks at both. */
    synchronized Health look() {
        Instant time = clock.instant();
        Duration boot = sinceBoot.get();
        Duration by = Duration.between(lastTime, time).minus(boot.minus(lastSinceBoot));
        lastTime = time;
        lastSinceBoot = boot;
        if (by.abs().compareTo(MOST) > 0) {
            jump = Optional.of(new Jump(by, boot));
        } else if (jump.isPresent() && boot.minus(jump.get().sinceBoot()).compareTo(TOLD) > 0) {
            jump = Optional.empty();
        }
        return jump.map(ClockCheck::told).orElse(Health.healthy("the clock was not set"));
    }

    private static Health told(Jump jump) {
        return Health.degraded(
                "the clock was set "
                        + (jump.by().isNegative() ? "back" : "forward")
                        + " by "
                        + jump.by().abs().toSeconds()
                        + " s",
                "see who did with `timedatectl` and the journal: policies and grants go by it");
    }
}
