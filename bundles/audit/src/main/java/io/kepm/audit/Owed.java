package io.kepm.audit;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.storage.StorageException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Records that nobody waits for: they stay here until they are on disk, so that a time without
 * space or store costs none of them. Safe for use by many threads.
 */
final class Owed {

    /** One a minute for each source there may be; beyond that the newest is dropped. */
    static final int MOST = 10_000;

    private final Queue<AuditDraft> drafts = new ArrayDeque<>();

    /** Held by who writes, so that no record is written twice; adding never waits for it. */
    private final Object till = new Object();

    /** Makes a record durable. */
    interface Writer {
        void write(AuditDraft draft) throws StorageException;
    }

    /** True when there was room for all of them. */
    synchronized boolean add(List<AuditDraft> more) {
        for (AuditDraft draft : more) {
            if (drafts.size() >= MOST) {
                return false;
            }
            drafts.add(draft);
        }
        return true;
    }

    /** Writes what there is, up to the first that can't be written. One payer at a time. */
    void pay(Writer writer) throws StorageException {
        synchronized (till) {
            AuditDraft next = first();
            while (next != null) {
                writer.write(next);
                removeFirst();
                next = first();
            }
        }
    }

    private synchronized @Nullable AuditDraft first() {
        return drafts.peek();
    }

    private synchronized void removeFirst() {
        drafts.remove();
    }
}
