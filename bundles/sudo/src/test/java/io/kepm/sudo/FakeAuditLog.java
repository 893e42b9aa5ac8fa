package io.kepm.sudo;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditPlace;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.StorageException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps drafts in memory; can be told to be full. */
final class FakeAuditLog implements AuditLog {

    final List<AuditDraft> drafts = new CopyOnWriteArrayList<>();
    volatile boolean full;

    @Override
    public List<AuditEntry> commit(Change change) throws StorageException {
        if (full) {
            throw new StorageException("the disk is full");
        }
        drafts.addAll(change.drafts());
        return change.drafts().stream()
                .map(draft -> new AuditEntry(1, Instant.EPOCH, draft.type().name(), "{}", ""))
                .toList();
    }

    List<String> outcomes() {
        return drafts.stream().map(draft -> draft.type() + " " + draft.outcome()).toList();
    }

    @Override
    public List<AuditEntry> query(AuditQuery query) {
        return List.of();
    }

    @Override
    public Verification verify(Optional<AuditPlace> anchor) {
        return new Verification(true, drafts.size(), "", "", false);
    }
}
