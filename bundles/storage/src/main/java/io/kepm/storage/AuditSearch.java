package io.kepm.storage;

import io.kepm.api.audit.AuditQuery;
import io.kepm.api.storage.StorageException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

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
    private final Bounds bounds;
    private final List<AuditRow> rows = new ArrayList<>();
    private long bytes;

    AuditSearch(SqliteStorage storage, AuditQuery query, Bounds bounds) {
        this.storage = storage;
        this.query = query;
        this.bounds = bounds;
    }

    /**
     * Where a search breaks off, with what it has found.
     *
     * @param isEnough asked after each step
     * @param bytes of records found: a page of the longest ones would not fit into memory
     */
    record Bounds(BooleanSupplier isEnough, long bytes) {
        static final Bounds NONE = new Bounds(() -> false, Long.MAX_VALUE);
    }

    /**
     * What was found.
     *
     * @param next the place to go on from; 0 when there is nothing left to look at
     */
    record Found(List<AuditRow> rows, long next) {
        Found {
            rows = List.copyOf(rows);
        }
    }

    Found run() throws StorageException {
        if (isFoundAtOnce()) {
            add(query, Optional.empty());
            return new Found(rows, isFull() ? last() : 0);
        }
        Span left = asked(storage.head());
        boolean isLed = query.user().isPresent() || query.target().isPresent();
        int step = isLed ? LED : EACH;
        // Costs about as much as the search so far, no more: where a time lies is dear to know when
        // it is most of the audit, and then of little use.
        TimeWalk walk = new TimeWalk(storage, query, isLed ? EACH : LED);
        while (!left.isEmpty()) {
            Span window = query.newestFirst() ? left.end(step) : left.beginning(step);
            add(query.page(0, query.limit() - rows.size()), Optional.of(window));
            if (isFull()) {
                return new Found(rows, last());
            }
            left = query.newestFirst() ? left.before(window) : left.after(window);
            if (!left.isEmpty() && !walk.isOver()) {
                left = walk.narrowed(left);
            }
            if (!left.isEmpty() && bounds.isEnough().getAsBoolean()) {
                return new Found(rows, query.newestFirst() ? left.last() + 1 : left.first() - 1);
            }
        }
        return new Found(rows, 0);
    }

    private boolean isFull() {
        return rows.size() == query.limit() || bytes >= bounds.bytes();
    }

    private long last() {
        return rows.get(rows.size() - 1).seq();
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

    private void add(AuditQuery part, Optional<Span> window) throws StorageException {
        long room = bounds.bytes() - bytes;
        List<AuditRow> found =
                AuditStatement.isLed(query)
                        ? storage.search(tables -> rows(tables, part, window, room))
                        : storage.read(tables -> rows(tables, part, window, room));
        found.forEach(row -> bytes += row.body().length);
        rows.addAll(found);
    }

    private static List<AuditRow> rows(
            StoreTables tables, AuditQuery part, Optional<Span> window, long room)
            throws SQLException {
        return tables.audit().select(AuditStatement.of(part, tables.hashes(), window), room);
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

        /** From the first to the last place of both. */
        Span or(Span other) {
            if (isEmpty() || other.isEmpty()) {
                return isEmpty() ? other : this;
            }
            return new Span(Math.min(first, other.first), Math.max(last, other.last));
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
