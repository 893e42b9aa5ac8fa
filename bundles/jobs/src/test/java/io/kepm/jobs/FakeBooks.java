package io.kepm.jobs;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditPart;
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

/** A store and its audit in memory, as strict as the real one; can be told to fail. */
final class FakeBooks implements Storage, AuditLog {

    final List<AuditDraft> drafts = new ArrayList<>();
    private final Map<Table, Map<String, byte[]>> tables = new TreeMap<>();
    final List<AuditPart> parts = new ArrayList<>();
    final List<Long> asked = new ArrayList<>();
    volatile boolean failing;
    volatile String damage = "";
    private int commits;

    @Override
    public synchronized List<AuditEntry> commit(Change change) throws StorageException {
        if (failing) {
            throw new StorageException("no space left");
        }
        commits++;
        for (Mutation step : change.mutations()) {
            Map<String, byte[]> table = tables.computeIfAbsent(step.table(), t -> new TreeMap<>());
            boolean there = table.containsKey(step.key());
            if ((step instanceof Mutation.Create && there)
                    || (step instanceof Mutation.Take && !there)) {
                throw new StorageException(step.key() + " is " + (there ? "there" : "not there"));
            }
        }
        for (Mutation step : change.mutations()) {
            Map<String, byte[]> table = tables.computeIfAbsent(step.table(), t -> new TreeMap<>());
            if (step instanceof Mutation.Put put) {
                table.put(step.key(), put.value());
            } else if (step instanceof Mutation.Create create) {
                table.put(step.key(), create.value());
            } else {
                table.remove(step.key());
            }
        }
        drafts.addAll(change.drafts());
        return List.of();
    }

    synchronized int commits() {
        return commits;
    }

    /** Type and outcome of every record so far. */
    synchronized List<String> records() {
        return drafts.stream().map(draft -> draft.type() + " " + draft.outcome()).toList();
    }

    @Override
    public synchronized Optional<byte[]> get(Table table, String key) throws StorageException {
        if (failing) {
            throw new StorageException("no space left");
        }
        return Optional.ofNullable(tables.getOrDefault(table, Map.of()).get(key));
    }

    @Override
    public synchronized Map<String, byte[]> list(Table table) {
        return new TreeMap<>(tables.getOrDefault(table, Map.of()));
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
    public synchronized AuditPart search(AuditQuery query) {
        asked.add(query.after());
        return parts.isEmpty() ? new AuditPart(List.of(), 0) : parts.remove(0);
    }

    @Override
    public Verification verify(Optional<AuditPlace> anchor) {
        return new Verification(damage.isEmpty(), 0, "", damage, false);
    }
}
