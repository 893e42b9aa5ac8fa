package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PaceTest {

    private Instant now = Instant.parse("2026-11-25T10:00:00Z");
    private final Pace pace = new Pace(2, () -> now);

    @Test
    void beyond_its_calls_a_uid_waits_for_the_end_of_the_minute() {
        assertThat(pace.secondsToWait(1001)).isZero();
        assertThat(pace.secondsToWait(1001)).isZero();
        now = now.plus(Duration.ofSeconds(20));
        assertThat(pace.secondsToWait(1001)).isBetween(40L, 41L);
        assertThat(pace.secondsToWait(1002)).isZero();
        now = now.plus(Duration.ofSeconds(40));
        assertThat(pace.secondsToWait(1001)).isZero();
    }

    @Test
    void a_clock_set_back_keeps_nobody_out() {
        pace.secondsToWait(1001);
        pace.secondsToWait(1001);
        now = now.minus(Duration.ofDays(1));
        assertThat(pace.secondsToWait(1001)).isZero();
    }

    @Test
    void ab_47_memory_stays_bounded_and_a_new_minute_makes_room() {
        for (long uid = 1; uid <= 20_000; uid++) {
            pace.secondsToWait(uid);
        }
        assertThat(pace.secondsToWait(30_000)).as("shares one window").isPositive();
        now = now.plus(Duration.ofMinutes(1));
        assertThat(pace.secondsToWait(30_000)).isZero();
    }
}
