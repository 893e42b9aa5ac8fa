package io.kepm.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.health.HealthCheck.Level;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ClockCheckTest {

    private Instant time = Instant.parse("2026-11-25T09:00:00Z");
    private Duration sinceBoot = Duration.ofDays(3);
    private final ClockCheck clock = new ClockCheck(() -> time, () -> sinceBoot);

    private void pass(Duration duration) {
        time = time.plus(duration);
        sinceBoot = sinceBoot.plus(duration);
    }

    @Test
    void time_that_passes_is_no_jump_however_long_it_is() {
        pass(Duration.ofDays(30));
        assertThat(clock.look().level()).isEqualTo(Level.HEALTHY);
    }

    @Test
    void a_clock_that_is_brought_right_in_small_steps_is_well() {
        for (int i = 0; i < 100; i++) {
            pass(Duration.ofSeconds(5));
            time = time.plusSeconds(60);
            assertThat(clock.look().level()).isEqualTo(Level.HEALTHY);
        }
    }

    @Test
    void a_clock_that_was_set_is_told_for_an_hour() {
        pass(Duration.ofSeconds(5));
        time = time.plusSeconds(61);
        assertThat(clock.look().level()).isEqualTo(Level.DEGRADED);
        assertThat(clock.look().detail()).isEqualTo("the clock was set forward by 61 s");
        pass(Duration.ofMinutes(60));
        assertThat(clock.look().level()).isEqualTo(Level.DEGRADED);
        pass(Duration.ofSeconds(1));
        assertThat(clock.look().level()).isEqualTo(Level.HEALTHY);
    }

    @Test
    void a_clock_that_was_set_back_is_told_too_and_the_hour_is_not_its_own() {
        time = time.minus(Duration.ofDays(365));
        assertThat(clock.look().detail()).isEqualTo("the clock was set back by 31536000 s");
        assertThat(clock.look().advice()).contains("timedatectl");
        time = time.plus(Duration.ofDays(365));
        assertThat(clock.look().detail()).startsWith("the clock was set forward");
    }

    @Test
    void the_time_since_boot_goes_on_with_the_clock_of_this_machine() throws Exception {
        Duration before = ClockComponent.sinceBoot();
        assertThat(before).isPositive();
        Thread.sleep(30);
        assertThat(ClockComponent.sinceBoot()).isGreaterThan(before);
        assertThat(new ClockComponent().check().level()).isEqualTo(Level.HEALTHY);
    }
}
