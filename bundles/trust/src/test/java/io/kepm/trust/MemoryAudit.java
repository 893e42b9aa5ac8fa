package io.kepm.trust;

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

/** Audit and store in memory; both keep a change or neither. */
final class MemoryAudit implements AuditLog, Storage {

    final List<AuditDraft> drafts = new ArrayList<>();
    private final Map<String, byte[]> values = new TreeMap<>();
    volatile boolean broken;

    @Override
    public synchronized List<AuditEntry> commit(Change change) throws StorageException {
        if (broken) {
            throw new StorageException("the disk is full");
        }
        for (Mutation mutation : change.mutations()) {
            if (mutation instanceof Mutation.Put put) {
                values.put(put.key(), put.value());
            } else if (values.remove(mutation.key()) == null) {
                throw new StorageException("there is no " + mutation.key());
            }
        }
        drafts.addAll(change.drafts());
        return List.of();
    }

    /** {@code OUTCOME FILE} of each record since the last call. */
    synchronized List<String> told() {
        List<String> told =
                drafts.stream()
                        .map(
                                draft ->
                                        draft.outcome()
                                                + draft.target()
                                                        .map(target -> " " + name(target.path()))
                                                        .orElse(""))
                        .toList();
        drafts.clear();
        return told;
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    synchronized AuditDraft last() {
        return drafts.get(drafts.size() - 1);
    }

    @Override
    public synchronized Optional<byte[]> get(Table table, String key) {
        return Optional.ofNullable(values.get(key));
    }

    @Override
    public synchronized Map<String, byte[]> list(Table table) {
        return Map.copyOf(values);
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

    @Override
    public List<AuditEntry> query(AuditQuery query) {
        return List.of();
    }

    @Override
    public Verification verify(Optional<AuditPlace> anchor) {
        throw new UnsupportedOperationException();
    }
}
