package io.kepm.api.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.linux.TurnedAway.Minute;
import io.kepm.api.linux.TurnedAway.User;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TurnedAwayTest {

    private static final User MALLORY = new User(1001, false);
    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

    private Instant now = START;
    private final TurnedAway away = new TurnedAway(() -> now);

    private void count(User user, int times) {
        for (int i = 0; i < times; i++) {
            away.count(user, "https", "pace");
        }
    }

    @Test
    void however_many_there_were_a_minute_of_a_user_is_one() {
        count(MALLORY, 100_000);
        away.count(MALLORY, "http", "share");
        assertThat(away.ended()).as("it is not over").isEmpty();

        now = now.plus(Duration.ofMinutes(1));

        assertThat(away.ended())
                .singleElement()
                .satisfies(
                        minute -> {
                            assertThat(minute.user()).contains(MALLORY);
                            assertThat(minute.since()).isEqualTo(START);
                            assertThat(minute.count()).isEqualTo(100_001);
                            assertThat(minute.doors()).containsExactlyInAnyOrder("http", "https");
                            assertThat(minute.reasons()).containsExactlyInAnyOrder("pace", "share");
                        });
        assertThat(away.ended()).as("it is told once").isEmpty();
        assertThat(away.rest()).isEmpty();
    }

    /** A disk that hangs keeps whoever asks away, and nothing is lost by that. */
    @Test
    void a_minute_that_nobody_asks_for_goes_on() {
        count(MALLORY, 2);
        now = now.plus(Duration.ofHours(1));
        count(MALLORY, 3);
        assertThat(away.ended()).extracting(Minute::count).containsExactly(5L);
    }

    @Test
    void ab_140_however_many_users_knock_there_are_no_more_records_and_none_is_uncounted() {
        for (long uid = 1; uid <= 3_000; uid++) {
            count(new User(uid, false), 2);
        }
        now = now.plus(Duration.ofMinutes(1));
        List<Minute> minutes = away.ended();
        assertThat(minutes).hasSize(TurnedAway.MOST + 1);
        assertThat(minutes)
                .filteredOn(minute -> minute.user().isEmpty())
                .extracting(Minute::count)
                .containsExactly(2 * (3_000L - TurnedAway.MOST));
        assertThat(away.rest()).isEmpty();
    }

    @Test
    void whoever_is_known_by_a_look_up_alone_is_told_from_who_is_known_by_the_socket() {
        count(MALLORY, 1);
        count(new User(MALLORY.uid(), true), 1);
        assertThat(away.rest()).extracting(Minute::user).doesNotHaveDuplicates().hasSize(2);
    }

    @Test
    void a_clock_that_is_set_back_ends_a_minute_as_well() {
        count(MALLORY, 1);
        now = now.minus(Duration.ofDays(1));
        assertThat(away.ended()).hasSize(1);
    }

    @Test
    void at_the_end_nothing_is_left_out() {
        count(MALLORY, 1);
        assertThat(away.rest()).extracting(Minute::user).containsExactly(Optional.of(MALLORY));
    }
}
