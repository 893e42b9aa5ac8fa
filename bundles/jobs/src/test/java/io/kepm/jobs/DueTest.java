package io.kepm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** When one job is due, however the clock is set. */
class DueTest {

    private final TurnedTimes times = new TurnedTimes();

    private Due cron(String expression) {
        Schedule schedule =
                new Schedule(
                        "cron",
                        expression,
                        Optional.empty(),
                        Optional.of(CronTimes.of(expression, ZoneId.of("UTC"))),
                        true);
        return new Due(schedule, times.now(), times.sinceBootMillis());
    }

    private Due interval(int minutes) {
        Schedule schedule =
                new Schedule(
                        "interval",
                        "i",
                        Optional.of(Duration.ofMinutes(minutes)),
                        Optional.empty(),
                        true);
        return new Due(schedule, times.now(), times.sinceBootMillis());
    }

    @Test
    void an_interval_comes_first_after_its_first_tick() {
        Due due = interval(5);
        assertThat(due.look(times)).isEmpty();
        times.pass(Duration.ofSeconds(299));
        assertThat(due.look(times)).isEmpty();
        times.pass(Duration.ofSeconds(1));
        assertThat(due.look(times)).hasValue(new Due.Now(times.now(), false));
        assertThat(due.look(times)).isEmpty();
        assertThat(due.next(times)).hasValue(times.now().plus(Duration.ofMinutes(5)));
    }

    @Test
    void who_sets_the_clock_does_not_move_an_interval() {
        Due due = interval(5);
        times.set(Instant.parse("2099-01-01T00:00:00Z"));
        assertThat(due.look(times)).isEmpty();
        times.set(Instant.parse("1970-01-01T00:00:00Z"));
        times.pass(Duration.ofMinutes(5));
        assertThat(due.look(times)).isPresent();
    }

    @Test
    void ticks_that_were_slept_through_are_one_that_was_missed() {
        Due due = interval(5);
        times.pass(Duration.ofHours(8));
        assertThat(due.look(times)).hasValue(new Due.Now(times.now(), true));
        assertThat(due.look(times)).isEmpty();
        times.pass(Duration.ofMinutes(5));
        assertThat(due.look(times)).isPresent();
    }

    @Test
    void a_time_comes_once() {
        Due due = cron("0 6 * * *");
        times.pass(Duration.ofMinutes(59));
        assertThat(due.look(times)).isEmpty();
        times.pass(Duration.ofSeconds(61));
        assertThat(due.look(times))
                .hasValue(new Due.Now(Instant.parse("2026-11-26T06:00:00Z"), false));
        assertThat(due.look(times)).isEmpty();
    }

    @Test
    void a_clock_that_is_set_on_misses_times_which_count_once() {
        Due due = cron("0 * * * *");
        times.set(Instant.parse("2026-11-28T10:30:00Z"));
        assertThat(due.look(times))
                .hasValue(new Due.Now(Instant.parse("2026-11-28T10:00:00Z"), true));
        assertThat(due.look(times)).isEmpty();
    }

    @Test
    void a_clock_that_is_set_back_a_little_takes_no_time_twice() {
        Due due = cron("0 6 * * *");
        times.pass(Duration.ofMinutes(61));
        assertThat(due.look(times)).isPresent();
        times.set(Instant.parse("2026-11-26T05:30:00Z"));
        assertThat(due.look(times)).isEmpty();
        times.pass(Duration.ofMinutes(45));
        assertThat(due.look(times)).isEmpty();
        times.pass(Duration.ofHours(24));
        assertThat(due.look(times)).isPresent();
    }

    @Test
    void a_clock_that_was_far_ahead_and_is_put_right_begins_anew() {
        Due due = cron("0 6 * * *");
        times.set(Instant.parse("2050-01-01T00:00:00Z"));
        assertThat(due.look(times)).isPresent();
        times.set(Instant.parse("2026-11-26T05:00:00Z"));
        assertThat(due.look(times)).isEmpty();
        times.pass(Duration.ofMinutes(61));
        assertThat(due.look(times)).isPresent();
    }
}
