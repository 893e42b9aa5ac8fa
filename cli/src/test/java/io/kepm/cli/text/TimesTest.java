package io.kepm.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimesTest {

    private final Times times =
            new Times(() -> Instant.parse("2026-11-25T09:30:00Z"), ZoneId.of("Europe/Berlin"));

    @Test
    void times_are_those_of_the_wall_clock_here() {
        assertThat(times.local("2026-07-01T22:05:09.120Z")).isEqualTo("2026-07-02 00:05:09");
        assertThat(times.exact("2026-11-25T09:15:03.007Z"))
                .isEqualTo("2026-11-25 10:15:03.007 +01:00");
        assertThat(times.local("soon")).isEqualTo("soon");
    }

    @Test
    void a_brief_time_says_only_what_is_not_clear_today() {
        assertThat(times.brief("2026-11-25T09:15:03Z")).isEqualTo("10:15:03");
        assertThat(times.brief("2026-11-24T09:15:03Z")).isEqualTo("11-24 10:15");
        assertThat(times.brief("2025-11-24T09:15:03Z")).isEqualTo("2025-11-24");
    }

    @Test
    void the_time_left_is_said_in_two_units_at_most() {
        assertThat(times.left("2026-11-25T09:30:59Z")).isEqualTo("59 s");
        assertThat(times.left("2026-11-25T10:29:59Z")).isEqualTo("59 min");
        assertThat(times.left("2026-11-25T11:35:00Z")).isEqualTo("2 h 05 min");
        assertThat(times.left("2026-11-29T12:30:00Z")).isEqualTo("4 d 3 h");
        assertThat(times.left("2026-11-25T08:00:00Z")).isEqualTo("0 s");
        assertThat(times.left("")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-25T10:15:00Z,2026-11-25T10:15:00Z",
        "2026-11-25T10:15:00+02:00,2026-11-25T08:15:00Z",
        "2026-11-25T10:15,2026-11-25T09:15:00Z",
        "2026-11-25 10:15:30,2026-11-25T09:15:30Z",
        "2026-11-25,2026-11-24T23:00:00Z",
        "today,2026-11-24T23:00:00Z",
        "yesterday,2026-11-23T23:00:00Z",
        "90s,2026-11-25T09:28:30Z",
        "30m,2026-11-25T09:00:00Z",
        "2h,2026-11-25T07:30:00Z",
        "7d,2026-11-18T09:30:00Z",
        "1w,2026-11-18T09:30:00Z",
    })
    void a_time_may_be_typed_in_many_ways(String typed, Instant meant) {
        assertThat(times.parse(typed)).isEqualTo(meant);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "noon", "2026-13-01", "2026-11-25T25:00", "-2h", "2y", "11-25"})
    void what_is_no_time_is_refused(String typed) {
        assertThatThrownBy(() -> times.parse(typed)).isInstanceOf(DateTimeException.class);
    }
}
