package io.kepm.audit;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Pages of records, one after the other: while one is looked at, the next is opened and the one
 * after it is read, as if no record were missing between them. Not for use by two threads.
 */
final class PagesAhead implements AutoCloseable {

    private static final int AHEAD = 2;

    private final Storage storage;
    private final int size;
    private final ExecutorService readers = Executors.newFixedThreadPool(AHEAD, PagesAhead::thread);
    private final Map<Long, Future<List<AuditEntry>>> asked = new HashMap<>();

    /**
     * @param size of a page, in records
     */
    PagesAhead(Storage storage, int size) {
        this.storage = storage;
        this.size = size;
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "kepm-audit-reader");
        thread.setDaemon(true);
        return thread;
    }

    /** The page after that place, empty at the end; begins to read those after it. */
    List<AuditEntry> after(long seq) throws StorageException {
        // What was asked for elsewhere began at a place that is not there.
        asked.keySet().removeIf(place -> (place - seq) % size != 0 || place < seq);
        for (int i = 0; i <= AHEAD; i++) {
            asked.computeIfAbsent(seq + (long) i * size, this::ask);
        }
        return answer(Objects.requireNonNull(asked.remove(seq)));
    }

    private Future<List<AuditEntry>> ask(long seq) {
        return readers.submit(() -> storage.auditSearch(AuditQuery.after(seq, size)).entries());
    }

    private static List<AuditEntry> answer(Future<List<AuditEntry>> asked) throws StorageException {
        try {
            return asked.get();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new StorageException(String.valueOf(cause.getMessage()), cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException("interrupted while reading", e);
        }
    }

    @Override
    public void close() {
        readers.shutdownNow();
    }
}
