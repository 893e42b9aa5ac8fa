package io.kepm.audit.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BackoffTest {

    private final Backoff backoff = new Backoff();
    private Instant now = FakeStore.NOW;

    @Test
    void pauses_double_from_a_second_to_a_minute() {
        List<Long> pauses = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            Duration pause = backoff.failed(now);
            pauses.add(pause.toSeconds());
            now = now.plus(pause);
        }
        assertThat(pauses).containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L);
    }

    @Test
    void who_comes_and_goes_waits_longer_and_who_stayed_a_minute_starts_over() {
        backoff.failed(now);
        now = now.plusSeconds(20);
        assertThat(backoff.failed(now)).hasSeconds(2);
        now = now.plusSeconds(63);
        assertThat(backoff.failed(now)).hasSeconds(1);
    }
}
