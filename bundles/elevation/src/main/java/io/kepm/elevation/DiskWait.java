package io.kepm.elevation;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditPart;
import io.kepm.api.audit.AuditPlace;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.StorageException;
import java.util.List;
import java.util.Optional;

/**
 * The audit, with a measure of how long a thread waited for it: what of a decision is the disk's
 * time and what is the agent's own. Safe for use by many threads.
 */
final class DiskWait implements AuditLog {

    private final AuditLog audit;
    private final ThreadLocal<Long> waited = ThreadLocal.withInitial(() -> 0L);

    DiskWait(AuditLog audit) {
        this.audit = audit;
    }

    @Override
    public List<AuditEntry> commit(Change change) throws StorageException {
        long begun = System.nanoTime();
        try {
            return audit.commit(change);
        } finally {
            waited.set(waited.get() + System.nanoTime() - begun);
        }
    }

    /** What this thread waited since it last asked, in nanoseconds. */
    long taken() {
        long nanos = waited.get();
        waited.remove();
        return nanos;
    }

    @Override
    public List<AuditEntry> query(AuditQuery query) throws StorageException {
        return audit.query(query);
    }

    @Override
    public AuditPart search(AuditQuery query) throws StorageException {
        return audit.search(query);
    }

    @Override
    public Verification verify(Optional<AuditPlace> anchor) throws StorageException {
        return audit.verify(anchor);
    }
}
