package io.kepm.audit;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Pages of records, one after the other: while one is looked at, a thread of its own reads and
 * opens the next. Not for use by two threads.
 */
final class PagesAhead implements AutoCloseable {

    private final Storage storage;
    private final int size;
    private final ExecutorService reader = Executors.newSingleThreadExecutor(PagesAhead::thread);
    private Optional<Ahead> ahead = Optional.empty();

    /** What is being read already: the page after that place. */
    private record Ahead(long after, Future<List<AuditEntry>> page) {}

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

    /** The page after that place, empty at the end; begins to read the one after it. */
    List<AuditEntry> after(long seq) throws StorageException {
        Future<List<AuditEntry>> asked =
                ahead.filter(one -> one.after() == seq).map(Ahead::page).orElseGet(() -> ask(seq));
        ahead = Optional.empty();
        List<AuditEntry> page = answer(asked);
        if (!page.isEmpty()) {
            long next = page.get(page.size() - 1).seq();
            ahead = Optional.of(new Ahead(next, ask(next)));
        }
        return page;
    }

    private Future<List<AuditEntry>> ask(long seq) {
        return reader.submit(() -> storage.audit(AuditQuery.after(seq, size)));
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
        reader.shutdownNow();
    }
}
