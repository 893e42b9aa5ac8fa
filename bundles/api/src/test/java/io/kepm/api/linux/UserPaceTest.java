package io.kepm.api.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class UserPaceTest {

    private static final long MALLORY = 1001;
    private static final long ALICE = 1000;
    private static final long EACH = Duration.ofMillis(100).toNanos();

    // Near its end, as System.nanoTime may be.
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - EACH);
    private final UserPace pace =
            new UserPace(3, Duration.ofNanos(EACH), Duration.ofMillis(40), now::get);

    private void burst(long uid) {
        for (int i = 0; i < 3; i++) {
            assertThat(pace.begin(uid)).isEqualTo(OptionalLong.of(0));
        }
    }

    @Test
    void after_a_burst_each_waits_its_turn_and_what_is_too_much_is_refused() {
        burst(MALLORY);

        for (int i = 1; i <= 3; i++) {
            assertThat(pace.begin(MALLORY)).isEqualTo(OptionalLong.of(i * EACH));
        }
        assertThat(pace.begin(MALLORY)).isEmpty();
        assertThat(pace.begin(MALLORY)).isEmpty();
    }

    @Test
    void what_was_refused_is_not_counted() {
        burst(MALLORY);
        burstThatWaits(MALLORY);
        assertThat(pace.begin(MALLORY)).isEmpty();

        now.addAndGet(EACH);

        assertThat(pace.begin(MALLORY)).isEqualTo(OptionalLong.of(3 * EACH));
        assertThat(pace.begin(MALLORY)).isEmpty();
    }

    private void burstThatWaits(long uid) {
        for (int i = 0; i < 3; i++) {
            assertThat(pace.begin(uid).orElse(0)).isPositive();
        }
    }

    @Test
    void one_user_does_not_wait_for_another() {
        burst(MALLORY);
        burstThatWaits(MALLORY);

        burst(ALICE);
    }

    @Test
    void those_who_are_beyond_their_burst_take_turns_however_many_users_they_are() {
        for (long uid = 2_000; uid < 3_000; uid++) {
            burst(uid);
        }

        List<Long> waits = new ArrayList<>();
        for (long uid = 2_000; uid < 3_000; uid++) {
            pace.begin(uid).ifPresent(waits::add);
        }

        // One each 40 ms, for 10 s; the first ones also wait for themselves.
        assertThat(waits).hasSize(251);
        assertThat(waits.get(250)).isEqualTo(Duration.ofSeconds(10).toNanos());
        assertThat(waits.get(100)).isEqualTo(Duration.ofSeconds(4).toNanos());
        burst(ALICE);
    }

    @Test
    void whoever_can_not_be_told_is_one() {
        burst(-1);

        assertThat(pace.begin(-1)).isEqualTo(OptionalLong.of(EACH));
    }

    @Test
    void root_has_no_pace() {
        for (int i = 0; i < 100; i++) {
            assertThat(pace.begin(0)).isEqualTo(OptionalLong.of(0));
        }
    }

    @Test
    void a_quiet_time_gives_a_burst_and_no_more() {
        burst(MALLORY);

        now.addAndGet(100 * EACH);

        burst(MALLORY);
        assertThat(pace.begin(MALLORY)).isEqualTo(OptionalLong.of(EACH));
    }

    @Test
    void many_users_do_not_fill_the_memory_and_nobody_loses_a_place_by_them() {
        burst(MALLORY);
        for (long uid = 2_000; uid < 12_000; uid++) {
            now.addAndGet(EACH / 5_000);
            pace.begin(uid);
        }

        assertThat(pace.users()).isLessThan(6_000);

        now.addAndGet(10 * EACH);
        pace.begin(1);
        assertThat(pace.users()).isEqualTo(1);
    }
}
