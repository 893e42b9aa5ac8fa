package io.kepm.api.audit;

import io.kepm.api.audit.FilterTerm.Operator;
import io.kepm.api.audit.FilterTerm.Word;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Puts the conditions of a filter into a question to the store, one by one. For one use. */
final class FilterNarrowing {

    private final AuditQuery asked;
    private List<String> types;
    private Optional<String> user;
    private Optional<String> target;
    private Optional<String> request;
    private Optional<Instant> from;
    private Optional<Instant> to;
    private boolean exact = true;
    private boolean impossible;

    FilterNarrowing(AuditQuery asked) {
        this.asked = asked;
        types = asked.types();
        user = asked.user();
        target = asked.target();
        request = asked.request();
        from = asked.from();
        to = asked.to();
    }

    /**
     * Takes a condition into the question, or leaves it to a look at the records.
     *
     * @param spans of its values, when it is one of {@code event_time}
     */
    void add(FilterTerm term, List<FilterTimes.Span> spans) {
        boolean taken =
                switch (AuditField.of(term.field()).orElse(AuditField.DETAILS)) {
                    case AUDIT_EVENT_TYPE -> type(term);
                    case EVENT_TIME -> time(term.operator(), spans);
                    case USER_NAME -> {
                        Optional<String> only = only(term, user);
                        user = only.or(() -> user);
                        yield only.isPresent();
                    }
                    case TARGET_PATH -> {
                        Optional<String> only = only(term, target);
                        target = only.or(() -> target);
                        yield only.isPresent();
                    }
                    case REQUEST_UID -> {
                        Optional<String> only = only(term, request);
                        request = only.or(() -> request);
                        yield only.isPresent();
                    }
                    default -> false;
                };
        exact &= taken;
    }

    Optional<FilterSearch.Narrowed> result() {
        if (impossible || (from.isPresent() && to.isPresent() && from.get().isAfter(to.get()))) {
            return Optional.empty();
        }
        return Optional.of(
                new FilterSearch.Narrowed(
                        new AuditQuery(
                                types,
                                user,
                                target,
                                request,
                                from,
                                to,
                                asked.after(),
                                asked.limit(),
                                asked.newestFirst()),
                        exact));
    }

    private boolean type(FilterTerm term) {
        if (term.operator() != Operator.EQUAL && term.operator() != Operator.IN) {
            return false;
        }
        List<String> named = term.values().stream().map(Word::text).distinct().toList();
        types = types.isEmpty() ? named : types.stream().filter(named::contains).toList();
        impossible |= types.isEmpty();
        return true;
    }

    /** Records have milliseconds, and the end of the store's range is inclusive. */
    private boolean time(Operator operator, List<FilterTimes.Span> spans) {
        FilterTimes.Span first = spans.get(0);
        switch (operator) {
            case EQUAL -> {
                notBefore(first.from());
                before(first.until());
            }
            case BETWEEN -> {
                notBefore(first.from());
                before(spans.get(1).until());
            }
            case AT_LEAST -> notBefore(first.from());
            case ABOVE -> notBefore(first.until());
            case AT_MOST -> before(first.until());
            case BELOW -> before(first.from());
            default -> {
                return false;
            }
        }
        return true;
    }

    private void notBefore(Instant instant) {
        from = Optional.of(from.filter(instant::isBefore).orElse(instant));
    }

    private void before(Instant instant) {
        Instant last = instant.minusMillis(1);
        to = Optional.of(to.filter(last::isAfter).orElse(last));
    }

    /**
     * The one value that a field may have, where the index can look for it: it holds exact texts,
     * so a number, which can be written in many ways, is left to a look at the records.
     */
    private Optional<String> only(FilterTerm term, Optional<String> before) {
        boolean one = term.operator() == Operator.EQUAL || term.operator() == Operator.IN;
        String value = term.values().get(0).text();
        if (!one || term.values().size() > 1 || value.isEmpty() || FilterSearch.isNumber(value)) {
            return Optional.empty();
        }
        impossible |= before.isPresent() && !before.get().equals(value);
        return Optional.of(value);
    }
}
