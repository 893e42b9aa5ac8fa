package io.kepm.api.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuditFilterTest {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    /** A Wednesday morning in Berlin, one hour ahead of UTC. */
    private static final Instant NOW = Instant.parse("2026-11-25T09:30:00Z");

    private static final Map<String, Object> RECORD =
            Map.of(
                    "seq",
                    42L,
                    "event_time",
                    "2026-11-25T09:15:03.120Z",
                    "audit_event_type",
                    "ELEVATION_ENDED",
                    "outcome",
                    "EXIT",
                    "user_info",
                    Map.of("name", "alice", "uid", 1001L),
                    "target_info",
                    Map.of("path", "/usr/bin/rm", "argv", List.of("rm", "-rf", "a b")),
                    "details",
                    Map.of("status", "7", "event_type", "CommandLine"));

    private static final AuditQuery NEWEST =
            new AuditQuery(
                    List.of(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    0,
                    100,
                    true);

    private static FilterSearch search(String filter) {
        try {
            return AuditFilter.parse(filter).at(NOW, BERLIN);
        } catch (UnreadableFilter e) {
            throw new AssertionError(filter + ": " + e.line(), e);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "outcome = EXIT",
                "outcome=EXIT",
                "outcome != OK",
                "user_info.name = alice AND outcome = EXIT",
                "user_info.name in (bob,alice)",
                "audit_event_type IN (ELEVATION_ENDED, POLICY_EVALUATION)",
                "details.status BETWEEN 1 AND 127",
                "details.status between 7 and 7 and seq >= 9",
                "details.status = 7.0",
                "user_info.uid > 999",
                "target_info.argv = \"a b\"",
                "target_info.argv = -rf",
                "target_info.path >= /usr",
                "reason != anything",
                "event_time = today",
                "event_time >= last_7_days",
                "event_time < 2026-11-25T10:15:04",
                "event_time = 2026-11-25T09:15:03.120Z",
                "event_time BETWEEN yesterday AND today",
                "event_time BETWEEN 2026-11-25 AND 2026-11-25",
                "event_time != yesterday",
                "event_time IN (yesterday, today)",
            })
    void these_hold(String filter) {
        assertThat(search(filter).test(RECORD)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "outcome = exit",
                "outcome != EXIT",
                "user_info.name = alice AND outcome = OK",
                "details.status BETWEEN 8 AND 127",
                "details.status < 7",
                "details.status > 07",
                "user_info.name = alic*",
                "target_info.argv != -rf",
                "reason = \"\"",
                "reason > \"\"",
                "event_time > today",
                "event_time < today",
                "event_time = yesterday",
                "event_time >= 2026-11-26",
            })
    void these_do_not(String filter) {
        assertThat(search(filter).test(RECORD)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "today,2026-11-24T23:00:00Z,2026-11-25T22:59:59.999Z",
        "yesterday,2026-11-23T23:00:00Z,2026-11-24T22:59:59.999Z",
        "last_7_days,2026-11-17T23:00:00Z,2026-11-25T22:59:59.999Z",
        "last_30_days,2026-10-25T23:00:00Z,2026-11-25T22:59:59.999Z",
        "month_to_date,2026-10-31T23:00:00Z,2026-11-25T22:59:59.999Z",
        "last_month,2026-09-30T22:00:00Z,2026-10-31T22:59:59.999Z",
        "year_to_date,2025-12-31T23:00:00Z,2026-11-25T22:59:59.999Z",
        "last_year,2024-12-31T23:00:00Z,2025-12-31T22:59:59.999Z",
        "2026-11-25T10:15,2026-11-25T09:15:00Z,2026-11-25T09:15:00Z",
    })
    void days_are_those_of_the_zone(String word, Instant from, Instant to) {
        AuditQuery query = search("event_time = " + word).narrowed(NEWEST).orElseThrow().query();
        assertThat(query.from()).contains(from);
        assertThat(query.to()).contains(to);
    }

    @Test
    void the_index_does_what_it_can() {
        FilterSearch.Narrowed all =
                search(
                                "audit_event_type IN (GRANT_USED, JOB_RUN) AND user_info.name = alice"
                                        + " AND target_info.path = /bin/x AND request_uid = R"
                                        + " AND event_time >= today AND event_time < 2026-11-25T12:00Z")
                        .narrowed(NEWEST)
                        .orElseThrow();
        assertThat(all.exact()).isTrue();
        assertThat(all.query())
                .isEqualTo(
                        new AuditQuery(
                                List.of("GRANT_USED", "JOB_RUN"),
                                Optional.of("alice"),
                                Optional.of("/bin/x"),
                                Optional.of("R"),
                                Optional.of(Instant.parse("2026-11-24T23:00:00Z")),
                                Optional.of(Instant.parse("2026-11-25T11:59:59.999Z")),
                                0,
                                100,
                                true));
        assertThat(search("outcome = OK").narrowed(NEWEST).orElseThrow().exact()).isFalse();
        assertThat(search("user_info.name != a").narrowed(NEWEST).orElseThrow())
                .isEqualTo(new FilterSearch.Narrowed(NEWEST, false));
        assertThat(search("user_info.name = 007").narrowed(NEWEST).orElseThrow())
                .isEqualTo(new FilterSearch.Narrowed(NEWEST, false));
    }

    @ParameterizedTest
    @CsvSource({
        "event_time > yesterday,2026-11-24T23:00:00Z,",
        "event_time >= yesterday,2026-11-23T23:00:00Z,",
        "event_time < yesterday,,2026-11-23T22:59:59.999Z",
        "event_time <= yesterday,,2026-11-24T22:59:59.999Z",
        "event_time BETWEEN yesterday AND today,2026-11-23T23:00:00Z,2026-11-25T22:59:59.999Z",
        "event_time >= yesterday AND event_time >= 2026-11-01,2026-11-23T23:00:00Z,",
        "event_time >= 2026-11-01 AND event_time >= yesterday,2026-11-23T23:00:00Z,",
        "event_time <= yesterday AND event_time <= today,,2026-11-24T22:59:59.999Z",
        "event_time <= today AND event_time <= yesterday,,2026-11-24T22:59:59.999Z",
    })
    void a_time_is_asked_for_to_its_ends(String filter, Instant from, Instant to) {
        FilterSearch.Narrowed narrowed = search(filter).narrowed(NEWEST).orElseThrow();
        assertThat(narrowed.exact()).isTrue();
        assertThat(narrowed.query().from()).isEqualTo(Optional.ofNullable(from));
        assertThat(narrowed.query().to()).isEqualTo(Optional.ofNullable(to));
    }

    @Test
    void a_condition_that_no_index_can_do_takes_no_other_away() {
        FilterSearch.Narrowed narrowed =
                search(
                                "user_info.name = alice AND user_info.name != bob"
                                        + " AND target_info.path = /x AND target_info.path >= /a"
                                        + " AND request_uid = R AND request_uid != S"
                                        + " AND audit_event_type = JOB_RUN"
                                        + " AND audit_event_type >= GRANT_USED")
                        .narrowed(NEWEST)
                        .orElseThrow();
        assertThat(narrowed.exact()).isFalse();
        assertThat(narrowed.query().user()).contains("alice");
        assertThat(narrowed.query().target()).contains("/x");
        assertThat(narrowed.query().request()).contains("R");
        assertThat(narrowed.query().types()).containsExactly("JOB_RUN");
        assertThat(search("audit_event_type >= JOB_RUN").narrowed(NEWEST).orElseThrow())
                .isEqualTo(new FilterSearch.Narrowed(NEWEST, false));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "audit_event_type = JOB_RUN AND audit_event_type = GRANT_USED",
                "user_info.name = a AND user_info.name = b",
                "event_time = today AND event_time = yesterday",
            })
    void what_contradicts_itself_is_not_searched_for(String filter) {
        assertThat(search(filter).narrowed(NEWEST)).isEmpty();
        assertThat(search(filter).test(RECORD)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``| 1 | the name of a field",
                "user = alice | 1 | no record has a field `user`",
                "details = x | 1 | no record has a field",
                "details.a.b = x | 1 | no record has a field",
                "outcome | 8 | =, !=, >=, <=, >, <, IN or BETWEEN is expected after `outcome`",
                "outcome ~ x | 9 | =, !=",
                "outcome NOT IN (a) | 9 | =, !=",
                "outcome = | 10 | a value is expected",
                "outcome = a b | 13 | AND or the end",
                "outcome = a OR outcome = b | 13 | can't be joined by OR",
                "outcome = a AND | 16 | the name of a field",
                "outcome = \"a | 11 | closing quotation mark",
                "outcome = \"a\\n\" | 13 | after `\\`",
                "outcome IN a | 12 | `(` is expected",
                "outcome IN () | 13 | a value is expected",
                "outcome IN (a b) | 15 | `,` or `)`",
                "outcome IN (a | 14 | `,` or `)`",
                "seq BETWEEN 1, 2 | 14 | AND and the upper end",
                "seq BETWEEN 1 AND | 18 | a value is expected",
                "event_time = noon | 14 | `noon` is no time",
                "event_time = 2026-02-30 | 14 | is no time",
                "event_time = +99999-01-01T00:00:00Z | 14 | is no time",
                "audit_event_type = NOPE | 20 | no record type `NOPE`",
            })
    void a_refusal_names_the_column(String filter, int column, String message) {
        String text = filter == null ? "" : filter;
        UnreadableFilter fault = fault(text);
        assertThat(fault).hasMessageContaining(message);
        assertThat(fault.column()).isEqualTo(column);
        assertThat(fault.line()).startsWith("column " + column + ": ");
    }

    @Test
    void sizes_are_bounded() throws UnreadableFilter {
        String term = "seq>1 AND ";
        assertThat(AuditFilter.parse(term.repeat(31) + "seq>1").terms()).hasSize(32);
        assertThat(fault(term.repeat(32) + "seq>1")).hasMessage("more than 32 conditions");
        assertThat(AuditFilter.parse("outcome IN (" + list(100) + ")").terms()).hasSize(1);
        assertThat(fault("outcome IN (" + list(101) + ")")).hasMessage("more than 100 values");
        assertThat(fault("seq > " + "1".repeat(2000)))
                .hasMessage("longer than 2000 characters")
                .extracting(UnreadableFilter::column)
                .isEqualTo(2001);
    }

    private static String list(int size) {
        return IntStream.range(0, size).mapToObj(i -> "a").collect(Collectors.joining(","));
    }

    private static UnreadableFilter fault(String text) {
        try {
            throw new AssertionError("read as " + AuditFilter.parse(text));
        } catch (UnreadableFilter e) {
            return e;
        }
    }
}
