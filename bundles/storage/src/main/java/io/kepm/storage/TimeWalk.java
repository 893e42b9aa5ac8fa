package io.kepm.storage;

import io.kepm.api.audit.AuditQuery;
import io.kepm.api.storage.StorageException;
import java.time.Instant;

/**
 * Finds out between which places all records of a time lie, a step at a time through the index of
 * times: what was adopted happened before its place. For one use.
 */
final class TimeWalk {

    private final SqliteStorage storage;
    private final int step;
    private final long to;
    private long from;
    private AuditSearch.Span found = AuditSearch.Span.NONE;
    private boolean isOver;

    /**
     * @param step entries of the index that are read at once
     */
    TimeWalk(SqliteStorage storage, AuditQuery query, int step) {
        this.storage = storage;
        this.step = step;
        from = query.from().map(Instant::toEpochMilli).orElse(Long.MIN_VALUE);
        to = query.to().map(Instant::toEpochMilli).orElse(Long.MAX_VALUE);
        isOver = query.from().isEmpty() && query.to().isEmpty();
    }

    boolean isOver() {
        return isOver;
    }

    /**
     * Takes a step, and leaves of those places what may hold a record of the time: all, until the
     * walk is over.
     */
    AuditSearch.Span narrowed(AuditSearch.Span places) throws StorageException {
        long start = from;
        AuditTable.Times read = storage.search(tables -> tables.audit().times(start, to, step));
        found = found.or(read.places());
        isOver = read.count() < step;
        if (isOver) {
            return places.and(found);
        }
        // More of one millisecond than a step takes: nothing is known then, and nothing left out.
        isOver = read.latest() == from;
        // Those of the latest millisecond are read once more: there may be others of it.
        from = read.latest();
        return places;
    }
}
