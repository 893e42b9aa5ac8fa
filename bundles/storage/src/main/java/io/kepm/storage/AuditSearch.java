package io.kepm.storage;

import io.kepm.api.audit.AuditQuery;
import io.kepm.api.storage.StorageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Answers a question to the audit in steps, each of them short enough for the writer to take it
 * between two batches: a search for what is rare, or long ago, holds no decision up. For one use.
 */
final class AuditSearch {

    /** Places in a step that looks at every record. */
    static final int EACH = 4_000;

    /** Places in a step that an index leads through. */
    static final int LED = 20_000;

    private final SqliteStorage storage;
    private final AuditQuery query;
    private final List<AuditRow> rows = new ArrayList<>();

    AuditSearch(SqliteStorage storage, AuditQuery query) {
        this.storage = storage;
        this.query = query;
    }

    List<AuditRow> run() throws StorageException {
        if (isFoundAtOnce()) {
            return storage.read(tables -> tables.audit().select(query, tables.hashes()));
        }
        Span left = asked(storage.head());
        // Where the time lies is asked only when the first step was not enough: it is dearer than
        // one.
        boolean isNarrowed = query.from().isEmpty() && query.to().isEmpty();
        int step = query.user().isPresent() || query.target().isPresent() ? LED : EACH;
        while (!left.isEmpty() && rows.size() < query.limit()) {
            Span window = query.newestFirst() ? left.end(step) : left.beginning(step);
            rows.addAll(within(window));
            left = query.newestFirst() ? left.before(window) : left.after(window);
            if (!isNarrowed && rows.size() < query.limit()) {
                left = left.and(ofTime());
                isNarrowed = true;
            }
        }
        return rows;
    }

    /** By its place or an index alone: what it reads is what it finds. */
    private boolean isFoundAtOnce() {
        boolean isPlain = query.types().isEmpty() && query.from().isEmpty() && query.to().isEmpty();
        boolean isByOne = query.user().isEmpty() || query.target().isEmpty();
        // A request has few records, all of them.
        return query.request().isPresent() || (isPlain && isByOne);
    }

    private Span asked(Head head) {
        long first = head.base().seq() + 1;
        if (query.after() == 0) {
            return new Span(first, head.seq());
        }
        return query.newestFirst()
                ? new Span(first, Math.min(head.seq(), query.after() - 1))
                : new Span(Math.max(first, query.after() + 1), head.seq());
    }

    private Span ofTime() throws StorageException {
        return storage.read(tables -> tables.audit().ofTime(query));
    }

    private List<AuditRow> within(Span window) throws StorageException {
        AuditQuery rest = query.page(0, query.limit() - rows.size());
        return storage.read(
                tables ->
                        tables.audit()
                                .select(
                                        AuditStatement.of(
                                                rest, tables.hashes(), Optional.of(window))));
    }

    /** Places from one to another, both included. */
    record Span(long first, long last) {

        static final Span NONE = new Span(1, 0);

        boolean isEmpty() {
            return last < first;
        }

        Span and(Span other) {
            return new Span(Math.max(first, other.first), Math.min(last, other.last));
        }

        Span beginning(int places) {
            return new Span(first, Math.min(last, first + places - 1));
        }

        Span end(int places) {
            return new Span(Math.max(first, last - places + 1), last);
        }

        Span before(Span part) {
            return new Span(first, part.first - 1);
        }

        Span after(Span part) {
            return new Span(part.last + 1, last);
        }
    }
}
