package io.kepm.api.audit;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which records somebody wants to see, as a text: conditions that all have to hold, such as {@code
 * audit_event_type = ELEVATION_REFUSED AND event_time >= last_7_days}. docs/audit.md is its page.
 */
public record AuditFilter(List<FilterTerm> terms) {

    /** Characters at most. */
    public static final int LONGEST = 2_000;

    /** Conditions at most. */
    public static final int MOST_TERMS = 32;

    /** Values at most, of all conditions together. */
    public static final int MOST_VALUES = 100;

    /** Holds for every record. */
    public static final AuditFilter ALL = new AuditFilter(List.of());

    public AuditFilter {
        terms = List.copyOf(terms);
    }

    /**
     * Reads a filter, in time and space that grow with its length alone.
     *
     * @throws UnreadableFilter when it is none, with the column
     */
    public static AuditFilter parse(String text) throws UnreadableFilter {
        return new FilterParser(text).filter();
    }

    /**
     * The filter of a status: outcomes such as {@code DENY,REFUSED} in any case, or numbers of
     * {@code policy_evaluation_status} such as {@code 2,3}; empty for any other text.
     */
    public static Optional<AuditFilter> ofStatus(String text) {
        List<String> words = List.of(text.toUpperCase(Locale.ROOT).split(",", -1));
        boolean numbers = words.stream().allMatch(word -> isOf(word, '0', '9'));
        boolean outcomes = words.stream().allMatch(word -> isOf(word, 'A', 'Z'));
        AuditField field = numbers ? AuditField.POLICY_EVALUATION_STATUS : AuditField.OUTCOME;
        return (numbers || outcomes) && words.size() <= MOST_TERMS
                ? Optional.of(field.among(words))
                : Optional.empty();
    }

    private static boolean isOf(String word, char first, char last) {
        return !word.isEmpty()
                && word.length() <= 40
                && word.chars()
                        .allMatch(c -> (c >= first && c <= last) || (c == '_' && first == 'A'));
    }

    /** This and the other one have to hold. */
    public AuditFilter and(AuditFilter other) {
        List<FilterTerm> all = new ArrayList<>(terms);
        all.addAll(other.terms);
        return new AuditFilter(all);
    }

    /** The filter with its days resolved: {@code today} is that of an instant in a zone. */
    public FilterSearch at(Instant now, ZoneId zone) {
        return new FilterSearch(this, now, zone);
    }

    /** The filter as {@link #parse} reads it; empty when it has no condition. */
    @Override
    public String toString() {
        return terms.stream().map(FilterTerm::toString).collect(Collectors.joining(" AND "));
    }
}
