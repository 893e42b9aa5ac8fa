package io.kepm.https;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.Table;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** What was stored, without records. */
final class MemoryStorage implements Storage {

    private final Map<Table, Map<String, byte[]>> tables = new ConcurrentHashMap<>();

    @Override
    public synchronized List<AuditEntry> commit(Change change) {
        for (Mutation mutation : change.mutations()) {
            Map<String, byte[]> table =
                    tables.computeIfAbsent(mutation.table(), name -> new TreeMap<>());
            if (mutation instanceof Mutation.Create create) {
                table.put(create.key(), create.value());
            } else if (mutation instanceof Mutation.Put put) {
                table.put(put.key(), put.value());
            } else {
                table.remove(mutation.key());
            }
        }
        return List.of();
    }

    @Override
    public synchronized Optional<byte[]> get(Table table, String key) {
        return Optional.ofNullable(list(table).get(key));
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
}
