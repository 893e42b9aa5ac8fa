package io.kepm.storage;

import io.kepm.api.audit.AuditQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A question to the audit in SQL. Only words of ours are in the text; what was asked for is bound.
 */
record AuditStatement(String sql, List<Object> values) {

    static final String COLUMNS = "seq, time, type, account, target, request, body";

    AuditStatement {
        values = List.copyOf(values);
    }

    /**
     * The statement of a question.
     *
     * @param hashes turns what is searched for into what stands in the columns
     * @param window the places that it looks at
     */
    static AuditStatement of(
            AuditQuery query, KeyedHash hashes, Optional<AuditSearch.Span> window) {
        List<String> terms = new ArrayList<>();
        List<Object> values = new ArrayList<>();
        if (window.isPresent()) {
            terms.addAll(List.of("seq >= ?", "seq <= ?"));
            values.addAll(List.of(window.get().first(), window.get().last()));
        }
        if (query.after() > 0) {
            terms.add(query.newestFirst() ? "seq < ?" : "seq > ?");
            values.add(query.after());
        }
        equal("account", query.user(), hashes, terms, values);
        equal("target", query.target(), hashes, terms, values);
        equal("request", query.request(), hashes, terms, values);
        if (isLed(query)) {
            terms.add("searchable = 1");
        }
        if (query.from().isPresent()) {
            terms.add("time >= ?");
            values.add(query.from().get().toEpochMilli());
        }
        if (query.to().isPresent()) {
            terms.add("time <= ?");
            values.add(query.to().get().toEpochMilli());
        }
        if (!query.types().isEmpty()) {
            terms.add("type IN (" + "?,".repeat(query.types().size() - 1) + "?)");
            values.addAll(query.types());
        }
        // Else SQLite would read all records of a time, and sort them.
        String how = isLed(query) ? "" : " NOT INDEXED";
        String where = terms.isEmpty() ? "" : " WHERE " + String.join(" AND ", terms);
        String order = query.newestFirst() ? " DESC" : "";
        return new AuditStatement(
                "SELECT %s FROM audit%s%s ORDER BY seq%s LIMIT %d"
                        .formatted(COLUMNS, how, where, order, query.limit()),
                values);
    }

    /** Whether an index leads to what is asked for: it knows only what is searchable. */
    static boolean isLed(AuditQuery query) {
        return query.user().isPresent()
                || query.target().isPresent()
                || query.request().isPresent();
    }

    private static void equal(
            String column,
            Optional<String> value,
            KeyedHash hashes,
            List<String> terms,
            List<Object> values) {
        if (value.isPresent()) {
            terms.add(column + " = ?");
            values.add(hashes.of(column, value.get()));
        }
    }
}
