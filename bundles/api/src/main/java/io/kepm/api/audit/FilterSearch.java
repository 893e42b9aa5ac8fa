package io.kepm.api.audit;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A filter at work at one instant: it judges records, and tells how much of it the indexes of the
 * store can do. Immutable.
 *
 * <p>Two values are compared as numbers when both are numbers, else as texts, character by
 * character. A field that is missing meets no condition but {@code !=}.
 */
public final class FilterSearch implements Predicate<Map<String, Object>> {

    private static final String TIME = AuditField.EVENT_TIME.path();

    /** Beyond this many characters digits are a text, such as a digest. */
    private static final int LONGEST_NUMBER = 40;

    private final AuditFilter filter;

    /** What each condition on the time means. */
    private final Map<FilterTerm, List<FilterTimes.Span>> spans = new HashMap<>();

    FilterSearch(AuditFilter filter, Instant now, ZoneId zone) {
        this.filter = filter;
        for (FilterTerm term : filter.terms()) {
            if (term.field().equals(TIME)) {
                spans.put(
                        term,
                        term.values().stream()
                                .map(word -> FilterTimes.of(word.text(), now, zone))
                                .toList());
            }
        }
    }

    /**
     * A question to the store.
     *
     * @param exact whether its answer needs no further look at the records
     */
    public record Narrowed(AuditQuery query, boolean exact) {}

    /** The question with as much of the filter in it as it can hold; empty: nothing can match. */
    public Optional<Narrowed> narrowed(AuditQuery asked) {
        FilterNarrowing narrowing = new FilterNarrowing(asked);
        for (FilterTerm term : filter.terms()) {
            narrowing.add(term, spans.getOrDefault(term, List.of()));
        }
        return narrowing.result();
    }

    /**
     * Whether every condition holds.
     *
     * @param record texts, numbers, lists and maps by their names
     */
    @Override
    public boolean test(Map<String, Object> record) {
        for (FilterTerm term : filter.terms()) {
            if (!holds(term, record)) {
                return false;
            }
        }
        return true;
    }

    private boolean holds(FilterTerm term, Map<String, Object> record) {
        boolean any = false;
        for (String value : texts(field(record, term.field()))) {
            List<FilterTimes.Span> times = spans.getOrDefault(term, List.of());
            any |= times.isEmpty() ? text(term, value) : time(term.operator(), times, value);
        }
        return any != (term.operator() == FilterTerm.Operator.DIFFERENT);
    }

    /** {@code !=} is judged as {@code =} here, and turned over by the caller. */
    private static boolean text(FilterTerm term, String value) {
        String first = term.values().get(0).text();
        return switch (term.operator()) {
            case EQUAL, DIFFERENT -> compare(value, first) == 0;
            case IN -> term.values().stream().anyMatch(word -> compare(value, word.text()) == 0);
            case BETWEEN ->
                    compare(value, first) >= 0 && compare(value, term.values().get(1).text()) <= 0;
            case AT_LEAST -> compare(value, first) >= 0;
            case AT_MOST -> compare(value, first) <= 0;
            case ABOVE -> compare(value, first) > 0;
            case BELOW -> compare(value, first) < 0;
        };
    }

    private static boolean time(
            FilterTerm.Operator operator, List<FilterTimes.Span> spans, String value) {
        Instant time;
        try {
            time = Instant.parse(value);
        } catch (DateTimeException e) {
            return false;
        }
        FilterTimes.Span first = spans.get(0);
        return switch (operator) {
            case EQUAL, DIFFERENT, IN -> spans.stream().anyMatch(span -> span.holds(time));
            case BETWEEN -> !time.isBefore(first.from()) && time.isBefore(spans.get(1).until());
            case AT_LEAST -> !time.isBefore(first.from());
            case AT_MOST -> time.isBefore(first.until());
            case ABOVE -> !time.isBefore(first.until());
            case BELOW -> time.isBefore(first.from());
        };
    }

    private static int compare(String a, String b) {
        return isNumber(a) && isNumber(b)
                ? new BigDecimal(a).compareTo(new BigDecimal(b))
                : a.compareTo(b);
    }

    /** Digits with at most one point between them and a sign before them. */
    static boolean isNumber(String text) {
        int digits = 0;
        int points = 0;
        for (int i = text.startsWith("-") ? 1 : 0; i < text.length(); i++) {
            char c = text.charAt(i);
            digits += c >= '0' && c <= '9' ? 1 : 0;
            points += c == '.' && digits > 0 && i + 1 < text.length() ? 1 : 0;
        }
        int sign = text.startsWith("-") ? 1 : 0;
        return digits > 0
                && points <= 1
                && digits + points + sign == text.length()
                && text.length() <= LONGEST_NUMBER;
    }

    private static Optional<Object> field(Map<String, Object> record, String name) {
        int dot = name.indexOf('.');
        if (dot < 0) {
            return Optional.ofNullable(record.get(name));
        }
        return record.get(name.substring(0, dot)) instanceof Map<?, ?> inner
                ? Optional.ofNullable(inner.get(name.substring(dot + 1)))
                : Optional.empty();
    }

    private static List<String> texts(Optional<Object> value) {
        List<String> texts = new ArrayList<>();
        if (value.isPresent() && value.get() instanceof List<?> list) {
            list.forEach(item -> texts.add(String.valueOf(item)));
        } else if (value.isPresent() && !(value.get() instanceof Map<?, ?>)) {
            texts.add(value.get().toString());
        }
        return texts;
    }
}
