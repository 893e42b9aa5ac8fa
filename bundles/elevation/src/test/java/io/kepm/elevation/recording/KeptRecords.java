package io.kepm.elevation.recording;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A store and its records in memory, which refuses everything when told to. */
final class KeptRecords implements AuditLog, Storage {

    final List<AuditDraft> drafts = new ArrayList<>();
    final Map<String, byte[]> rows = new TreeMap<>();
    boolean broken;

    @Override
    public List<AuditEntry> commit(Change change) throws StorageException {
        if (broken) {
            throw new StorageException("disk full");
        }
        for (Mutation step : change.mutations()) {
            if (step instanceof Mutation.Create create) {
                rows.put(create.key(), create.value());
            } else if (step instanceof Mutation.Put put) {
                rows.put(put.key(), put.value());
            } else {
                rows.remove(step.key());
            }
        }
        drafts.addAll(change.drafts());
        return List.of();
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
        throw new UnsupportedOperationException("nobody verifies here");
    }

    @Override
    public Optional<byte[]> get(Table table, String key) {
        return Optional.ofNullable(rows.get(key));
    }

    @Override
    public Map<String, byte[]> list(Table table) {
        return Map.copyOf(rows);
    }

    @Override
    public List<AuditEntry> audit(AuditQuery query) {
        return List.of();
    }

    @Override
    public Optional<AuditEntry> auditHead() {
        return Optional.empty();
    }

    @Override
    public String agentUid() {
        return "agent";
    }
}
