package io.kepm.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LaggardsTest {

    private final Laggards<String> laggards = new Laggards<>(Duration.ofSeconds(10));

    private java.util.List<String> look(int second, Map<String, Integer> loads) {
        return laggards.look(loads, Duration.ofSeconds(second).toNanos());
    }

    @Test
    void ab_60_whoever_takes_a_trickle_is_late_after_a_while() {
        for (int second = 0; second <= 10; second++) {
            assertThat(look(second, Map.of("trickle", 628 - second, "fast", 0))).isEmpty();
        }
        assertThat(look(11, Map.of("trickle", 617, "fast", 0))).containsExactly("trickle");
    }

    /** Below the mark the feed goes on and it is full again: that is no progress. */
    @Test
    void ab_60_to_get_just_below_the_mark_is_not_enough() {
        for (int second = 0; second <= 10; second++) {
            look(second, Map.of("trickle", second % 2 == 0 ? 501 : 499, "fast", 0));
        }
        assertThat(look(11, Map.of("trickle", 499, "fast", 0))).containsExactly("trickle");
    }

    @Test
    void whoever_catches_up_in_between_has_the_whole_time_again() {
        look(0, Map.of("busy", 600, "fast", 0));
        look(9, Map.of("busy", 250, "fast", 0));
        look(10, Map.of("busy", 600, "fast", 0));
        assertThat(look(20, Map.of("busy", 600, "fast", 0))).isEmpty();
        assertThat(look(21, Map.of("busy", 600, "fast", 0))).containsExactly("busy");
    }

    @Test
    void nobody_is_late_while_nobody_waits() {
        for (int second = 0; second < 60; second++) {
            assertThat(look(second, Map.of("alone", 600))).isEmpty();
        }
        assertThat(look(60, Map.of("alone", 600, "fast", 0))).isEmpty();
        assertThat(look(70, Map.of("alone", 600, "fast", 0))).isEmpty();
        assertThat(look(71, Map.of("alone", 600, "fast", 0))).containsExactly("alone");
    }

    @Test
    void whoever_has_gone_is_forgotten() {
        look(0, Map.of("gone", 600, "fast", 0));
        look(1, Map.of("fast", 0));
        assertThat(look(12, Map.of("gone", 600, "fast", 0))).isEmpty();
    }
}
