package io.kepm.storage;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditPlace;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An audit that only hands on to the store, and remembers what was recorded. */
final class StoreLog implements AuditLog {

    final List<AuditDraft> drafts = new ArrayList<>();
    boolean broken;
    private final Storage storage;

    StoreLog(Storage storage) {
        this.storage = storage;
    }

    @Override
    public List<AuditEntry> commit(Change change) throws StorageException {
        if (broken) {
            throw new StorageException("no room");
        }
        List<AuditEntry> entries = storage.commit(change);
        drafts.addAll(change.drafts());
        return entries;
    }

    AuditDraft last() {
        return drafts.get(drafts.size() - 1);
    }

    @Override
    public List<AuditEntry> query(AuditQuery query) throws StorageException {
        return storage.audit(query);
    }

    @Override
    public Verification verify(Optional<AuditPlace> anchor) {
        throw new UnsupportedOperationException();
    }
}
