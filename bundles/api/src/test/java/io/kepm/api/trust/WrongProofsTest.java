package io.kepm.api.trust;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class WrongProofsTest {

    private static final long ALICE = 1001;

    private Instant now = Instant.parse("2026-01-01T12:00:00Z");
    private final WrongProofs wrong = new WrongProofs(() -> now);

    @Test
    void ab_51_five_within_a_minute_lock_for_a_minute() {
        for (int i = 0; i < WrongProofs.MOST; i++) {
            assertThat(wrong.isLocked(ALICE)).isFalse();
            wrong.wrong(ALICE);
        }
        assertThat(wrong.isLocked(ALICE)).isTrue();
        now = now.plus(WrongProofs.WINDOW.minusMillis(1));
        assertThat(wrong.isLocked(ALICE)).isTrue();
        now = now.plusMillis(1);
        assertThat(wrong.isLocked(ALICE)).isFalse();
        now = now.minus(Duration.ofDays(1));
        assertThat(wrong.isLocked(ALICE)).isFalse();
    }

    @Test
    void what_is_remembered_is_bounded_and_the_oldest_goes_first() {
        for (int i = 1; i < WrongProofs.MOST; i++) {
            wrong.wrong(ALICE);
        }
        for (long uid = 100_000; uid < 101_000; uid++) {
            wrong.wrong(uid);
        }
        wrong.wrong(ALICE);
        assertThat(wrong.isLocked(ALICE)).isFalse();
    }

    @Test
    void ab_51_nobody_is_locked_by_very_many_numbers_of_somebody_else() {
        for (long uid = 100_000; uid < 103_000; uid++) {
            wrong.wrong(uid);
        }
        assertThat(wrong.isLocked(ALICE)).isFalse();
        for (int i = 0; i < WrongProofs.MOST; i++) {
            wrong.wrong(ALICE);
        }
        assertThat(wrong.isLocked(ALICE)).isTrue();
    }
}
