package io.kepm.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Cron and calendar, over the days on which clocks are set. */
class TimetableTest {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    private static List<String> times(Timetable table, String from, int count) {
        List<String> times = new ArrayList<>();
        Optional<Instant> next = table.after(Instant.parse(from));
        while (next.isPresent() && times.size() < count) {
            times.add(next.get().toString());
            next = table.after(next.get());
        }
        return times;
    }

    @Test
    void five_fields_are_of_unix_and_six_of_quartz() {
        ZoneId utc = ZoneId.of("UTC");
        assertThat(times(CronTimes.of("15 3 * * 1", utc), "2026-11-26T00:00:00Z", 2))
                .containsExactly("2026-11-30T03:15:00Z", "2026-12-07T03:15:00Z");
        assertThat(times(CronTimes.of("0 15 3 ? * MON", utc), "2026-11-26T00:00:00Z", 2))
                .containsExactly("2026-11-30T03:15:00Z", "2026-12-07T03:15:00Z");
        assertThat(times(CronTimes.of("0 0 12 L * ?", utc), "2026-11-26T00:00:00Z", 2))
                .containsExactly("2026-11-30T12:00:00Z", "2026-12-31T12:00:00Z");
        assertThat(times(CronTimes.of("0 0 1 1 1 ? 2028", utc), "2026-11-26T00:00:00Z", 5))
                .containsExactly("2028-01-01T01:00:00Z");
    }

    @Test
    void a_time_that_the_clock_leaves_out_comes_once_when_it_goes_on() {
        // 2026-03-29 02:00 to 03:00 does not exist in Berlin.
        assertThat(times(CronTimes.of("30 2 * * *", BERLIN), "2026-03-28T00:00:00Z", 3))
                .containsExactly(
                        "2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z");
        assertThat(times(CronTimes.of("0,30 2 * * *", BERLIN), "2026-03-29T00:00:00Z", 2))
                .containsExactly("2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z");
    }

    @Test
    void a_time_that_comes_twice_is_taken_once() {
        // 2026-10-25 02:00 to 03:00 comes twice in Berlin.
        assertThat(times(CronTimes.of("30 2 * * *", BERLIN), "2026-10-24T00:00:00Z", 3))
                .containsExactly(
                        "2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z");
    }

    @Test
    void what_comes_each_quarter_of_an_hour_goes_on_evenly() {
        assertThat(times(CronTimes.of("*/15 * * * *", BERLIN), "2026-10-25T00:20:00Z", 6))
                .containsExactly(
                        "2026-10-25T00:30:00Z",
                        "2026-10-25T00:45:00Z",
                        "2026-10-25T01:00:00Z",
                        "2026-10-25T01:15:00Z",
                        "2026-10-25T01:30:00Z",
                        "2026-10-25T01:45:00Z");
        assertThat(times(CronTimes.of("*/15 * * * *", BERLIN), "2026-03-29T00:40:00Z", 3))
                .containsExactly(
                        "2026-03-29T00:45:00Z", "2026-03-29T01:00:00Z", "2026-03-29T01:15:00Z");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "* * * * * ?",
                "*/5 * * * * ?",
                "0/1 * * * * ?",
                "0 0 30 2 *",
                "0 0 0 30 2 ?",
                "x",
                "",
                "61 * * * *",
                "@daily",
                "* * * *",
                "0 0 1 1 1 ? 2028 2029"
            })
    void ab_75_what_comes_more_often_than_each_minute_or_never_is_no_expression(String text) {
        assertThatThrownBy(() -> CronTimes.of(text, BERLIN))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "weekdays, 2026-11-28T00:00:00Z, 2026-11-30T06:30:00Z",
        "weekend, 2026-11-30T00:00:00Z, 2026-12-05T06:30:00Z",
        "last, 2026-11-28T00:00:00Z, 2026-11-30T06:30:00Z",
        "31, 2026-11-01T00:00:00Z, 2026-12-31T06:30:00Z",
        "Tue, 2026-11-26T00:00:00Z, 2026-12-01T06:30:00Z",
        "daily, 2026-12-23T12:00:00Z, 2026-12-26T06:30:00Z",
    })
    void a_calendar_names_days_and_leaves_some_out(String day, String from, String first) {
        CalendarTimes calendar =
                new CalendarTimes(
                        List.of(day),
                        List.of(java.time.LocalTime.parse("06:30")),
                        java.util.Set.of(
                                java.time.LocalDate.parse("2026-12-24"),
                                java.time.LocalDate.parse("2026-12-25")));
        assertThat(times(calendar.in(ZoneId.of("UTC")), from, 1)).containsExactly(first);
    }
}
