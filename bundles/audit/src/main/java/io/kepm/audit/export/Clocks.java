package io.kepm.audit.export;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The two times of an export.
 *
 * @param wall for people
 * @param steady for pauses: nobody can set it; its beginning means nothing
 */
record Clocks(InstantSource wall, InstantSource steady) {

    static Clocks system() {
        return new Clocks(
                InstantSource.system(),
                () -> Instant.EPOCH.plus(Duration.ofDays(1)).plusNanos(System.nanoTime()));
    }
}
