package io.kepm.policy;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditPlace;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A store and its audit in memory; can be told to fail. */
final class FakeStore implements Storage, AuditLog {

    final List<AuditDraft> drafts = new ArrayList<>();
    private final Map<String, byte[]> values = new HashMap<>();
    boolean failing;

    synchronized void clear() {
        drafts.clear();
        values.clear();
    }

    @Override
    public synchronized List<AuditEntry> commit(Change change) throws StorageException {
        if (failing) {
            throw new StorageException("no space left");
        }
        List<AuditEntry> entries = new ArrayList<>();
        for (Mutation mutation : change.mutations()) {
            Mutation.Put put = (Mutation.Put) mutation;
            values.put(put.table() + "/" + put.key(), put.value());
        }
        for (AuditDraft draft : change.drafts()) {
            drafts.add(draft);
            entries.add(
                    new AuditEntry(drafts.size(), Instant.EPOCH, draft.type().name(), "{}", ""));
        }
        return entries;
    }

    /** Type and outcome of every record so far. */
    synchronized List<String> records() {
        return drafts.stream().map(d -> d.type() + " " + d.outcome()).toList();
    }

    /** Whether reading fails as no store should. */
    boolean fails;

    @Override
    public synchronized Optional<byte[]> get(Table table, String key) throws StorageException {
        if (fails) {
            throw new IllegalStateException("not to be read");
        }
        if (failing) {
            throw new StorageException("no space left");
        }
        return Optional.ofNullable(values.get(table + "/" + key));
    }

    @Override
    public Map<String, byte[]> list(Table table) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<AuditEntry> audit(AuditQuery query) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<AuditEntry> auditHead() {
        throw new UnsupportedOperationException();
    }

    @Override
    public String agentUid() {
        return "agent";
    }

    @Override
    public List<AuditEntry> query(AuditQuery query) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Verification verify(Optional<AuditPlace> anchor) {
        throw new UnsupportedOperationException();
    }
}
