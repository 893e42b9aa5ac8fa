package io.kepm.elevation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;

/**
 * The two clocks that a grant lives by: the wall's, which can be set, and the time since boot,
 * which nobody can set and which goes on while the machine sleeps.
 */
record Clocks(InstantSource wall, Supplier<Duration> sinceBoot) {

    /** Seconds, sleep included, with two digits after the point: proc(5). */
    private static final Path UPTIME = Path.of("/proc/uptime");

    static Clocks ofSystem() {
        return new Clocks(InstantSource.system(), Clocks::uptime);
    }

    Reading read() {
        return new Reading(wall.instant(), sinceBoot.get());
    }

    private static Duration uptime() {
        try {
            String seconds = Files.readString(UPTIME).split(" ", 2)[0];
            return Duration.ofMillis(new BigDecimal(seconds).movePointRight(3).longValue());
        } catch (IOException e) {
            throw new UncheckedIOException("can't read `" + UPTIME + "`", e);
        }
    }

    /** Both at one moment. */
    record Reading(Instant wall, Duration sinceBoot) {

        /** When the machine was started by the wall's clock: changes when that is set. */
        Instant bootTime() {
            return wall.minus(sinceBoot);
        }

        /** What is left of a grant by whichever clock is further; zero or less when it is over. */
        Duration left(StoredGrant stored) {
            Duration byWall = Duration.between(wall, stored.grant().to());
            Duration byBoot = stored.life().until().minus(sinceBoot);
            return byWall.compareTo(byBoot) < 0 ? byWall : byBoot;
        }

        boolean isOver(StoredGrant stored) {
            return left(stored).compareTo(Duration.ZERO) <= 0;
        }
    }
}
