package io.kepm.api.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.FilterTerm.Operator;
import io.kepm.api.audit.FilterTerm.Word;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class AuditFilterFuzzTest {

    private static final Instant NOW = Instant.parse("2026-11-25T09:30:00Z");
    private static final AuditQuery ANY = AuditQuery.after(0, 100);

    @Property
    void any_text_is_a_filter_or_refused_with_its_column(@ForAll String text) {
        read(text);
    }

    @Property
    void almost_a_filter_is_a_filter_or_refused_with_its_column(@ForAll("pieces") String text) {
        Optional<AuditFilter> filter = read(text);
        filter.ifPresent(
                known -> {
                    assertThat(read(known.toString())).contains(known);
                    FilterSearch search = known.at(NOW, ZoneOffset.UTC);
                    search.narrowed(ANY);
                    search.test(Map.of("outcome", "a", "event_time", "x", "details", "y"));
                });
    }

    @Property
    void what_is_printed_is_read_back(@ForAll("filters") AuditFilter filter) {
        assertThat(read(filter.toString())).contains(filter);
    }

    /** What the store leaves out for the filter, the filter would have left out itself. */
    @Property
    void the_index_never_hides_what_the_filter_wants(
            @ForAll("filters") AuditFilter filter, @ForAll("records") Map<String, Object> record) {
        FilterSearch search = filter.at(NOW, ZoneOffset.UTC);
        Optional<FilterSearch.Narrowed> narrowed = search.narrowed(ANY);
        boolean found = narrowed.isPresent() && found(narrowed.get().query(), record);
        if (search.test(record)) {
            assertThat(found).as("%s on %s", filter, record).isTrue();
        } else if (found && narrowed.get().exact()) {
            throw new AssertionError(filter + " is not exact on " + record);
        }
    }

    /** What the store does with a question. */
    private static boolean found(AuditQuery query, Map<String, Object> record) {
        Instant time = Instant.parse(String.valueOf(record.get("event_time")));
        return (query.types().isEmpty() || query.types().contains(record.get("audit_event_type")))
                && same(query.user(), ((Map<?, ?>) record.get("user_info")).get("name"))
                && same(query.request(), record.get("request_uid"))
                && query.from().filter(time::isBefore).isEmpty()
                && query.to().filter(time::isAfter).isEmpty();
    }

    private static boolean same(Optional<String> wanted, Object value) {
        return wanted.isEmpty() || wanted.get().equals(value);
    }

    private static Optional<AuditFilter> read(String text) {
        try {
            return Optional.of(AuditFilter.parse(text));
        } catch (UnreadableFilter e) {
            assertThat(e.column()).isBetween(1, Math.min(text.length(), AuditFilter.LONGEST) + 1);
            assertThat(e.getMessage()).isNotEmpty();
            return Optional.empty();
        }
    }

    @Provide
    Arbitrary<String> pieces() {
        return Arbitraries.of(
                        "outcome",
                        "details.x",
                        "event_time",
                        "audit_event_type",
                        "seq",
                        "=",
                        "!=",
                        ">=",
                        "<",
                        "IN",
                        "(",
                        ")",
                        ",",
                        "BETWEEN",
                        "AND",
                        "\"",
                        "\\",
                        "a",
                        "JOB_RUN",
                        "today",
                        "2026-11-25",
                        "1",
                        "-1.5",
                        "\ud800",
                        "é",
                        "*",
                        "\n")
                .list()
                .ofMaxSize(12)
                .map(words -> String.join(" ", words));
    }

    @Provide
    Arbitrary<AuditFilter> filters() {
        return terms().list().ofMinSize(1).ofMaxSize(4).map(AuditFilter::new);
    }

    private Arbitrary<FilterTerm> terms() {
        return Combinators.combine(
                        Arbitraries.of(
                                "outcome",
                                "details.x",
                                "event_time",
                                "audit_event_type",
                                "user_info.name",
                                "request_uid"),
                        Arbitraries.of(Operator.values()),
                        Arbitraries.randoms())
                .as(
                        (field, operator, random) -> {
                            int size =
                                    switch (operator) {
                                        case BETWEEN -> 2;
                                        case IN -> 1 + random.nextInt(3);
                                        default -> 1;
                                    };
                            List<String> values = values(field);
                            Word[] words = new Word[size];
                            for (int i = 0; i < size; i++) {
                                String text = values.get(random.nextInt(values.size()));
                                words[i] =
                                        random.nextBoolean() ? new Word(text, true) : Word.of(text);
                            }
                            return new FilterTerm(field, operator, Arrays.asList(words));
                        });
    }

    private static List<String> values(String field) {
        return switch (field) {
            case "event_time" ->
                    List.of("today", "yesterday", "last_month", "2026-11-25T09:30:00Z");
            case "audit_event_type" -> List.of("JOB_RUN", "GRANT_USED");
            default -> List.of("a", "b", "", "7", "07", "7.0", "AND", "x y", "\"", "\\", "é\n");
        };
    }

    @Provide
    Arbitrary<Map<String, Object>> records() {
        return Arbitraries.randoms()
                .map(
                        random -> {
                            Map<String, Object> record = new HashMap<>();
                            for (String field :
                                    List.of("outcome", "audit_event_type", "request_uid")) {
                                List<String> values = values(field);
                                record.put(field, values.get(random.nextInt(values.size())));
                            }
                            List<String> names = values("user_info.name");
                            record.put(
                                    "user_info",
                                    Map.of("name", names.get(random.nextInt(names.size()))));
                            record.put(
                                    "event_time",
                                    NOW.minusSeconds(random.nextInt(90) * 86_400L).toString());
                            return record;
                        });
    }
}
