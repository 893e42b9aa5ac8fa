package io.kepm.audit.export;

import io.kepm.api.audit.AuditChain;
import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditPlace;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.audit.AuditType;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import io.kepm.audit.Bell;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A store in memory, and the audit over it; it can be made to fail. */
final class FakeStore implements Storage, AuditLog {

    static final Instant NOW = Instant.parse("2026-11-25T10:00:00.123Z");

    final Bell bell = new Bell();
    private final List<AuditEntry> entries = new ArrayList<>();
    private final Map<String, byte[]> state = new TreeMap<>();
    private int commits;
    private boolean broken;

    /** Adds records; the last one has this place. */
    long add(int count) {
        for (int i = 0; i < count; i++) {
            add("r" + (entries.size() + 1));
        }
        return entries.size();
    }

    synchronized AuditEntry add(String reason) {
        return seal(
                AuditDraft.of(AuditType.ELEVATION_REFUSED, "DENY")
                        .user(AuditDraft.UserInfo.of("alice", 1001))
                        .reason(reason)
                        .build());
    }

    /** Adds a record as the store shows one that does not open. */
    synchronized AuditEntry unreadable() {
        int seq = entries.size() + 1;
        String json =
                ("{\"audit_event_type\":\"ELEVATION_REFUSED\",\"seq\":%d,\"unreadable\":\"this"
                                + " record was changed or moved outside of the agent\"}")
                        .formatted(seq);
        entries.add(new AuditEntry(seq, NOW, "ELEVATION_REFUSED", json, ""));
        bell.ring(seq);
        return entries.get(seq - 1);
    }

    private AuditEntry seal(AuditDraft draft) {
        int seq = entries.size() + 1;
        String previous = entries.isEmpty() ? AuditChain.GENESIS : entries.get(seq - 2).hash();
        AuditEntry entry = AuditChain.seal(draft, seq, "id" + seq, NOW, "agent", "0.1.0", previous);
        entries.add(entry);
        bell.ring(seq);
        return entry;
    }

    synchronized void breaks(boolean value) {
        broken = value;
    }

    /** How often something was committed that is no record. */
    synchronized int commits() {
        return commits;
    }

    synchronized Optional<String> state(String key) {
        return Optional.ofNullable(state.get(key)).map(b -> new String(b, StandardCharsets.UTF_8));
    }

    synchronized void state(String key, String value) {
        state.put(key, value.getBytes(StandardCharsets.UTF_8));
    }

    /** The records about exports, as JSON. */
    synchronized List<String> told() {
        return entries.stream()
                .filter(entry -> entry.type().equals("AUDIT_EXPORT_FAILED"))
                .map(AuditEntry::json)
                .toList();
    }

    Exporter.Source source(Clocks clocks) {
        return new Exporter.Source(this, this, bell, clocks);
    }

    @Override
    public synchronized List<AuditEntry> commit(Change change) throws StorageException {
        check();
        for (Mutation mutation : change.mutations()) {
            if (mutation instanceof Mutation.Put put) {
                state.put(put.key(), put.value());
                commits++;
            }
        }
        return change.drafts().stream().map(this::seal).toList();
    }

    private void check() throws StorageException {
        if (broken) {
            throw new StorageException("the disk is full");
        }
    }

    @Override
    public synchronized Optional<byte[]> get(Table table, String key) {
        return Optional.ofNullable(state.get(key));
    }

    @Override
    public Map<String, byte[]> list(Table table) {
        throw new UnsupportedOperationException();
    }

    @Override
    public synchronized List<AuditEntry> audit(AuditQuery query) throws StorageException {
        check();
        return entries.stream()
                .filter(entry -> entry.seq() > query.after())
                .limit(query.limit())
                .toList();
    }

    @Override
    public List<AuditEntry> query(AuditQuery query) throws StorageException {
        return audit(query);
    }

    @Override
    public Verification verify(Optional<AuditPlace> anchor) {
        throw new UnsupportedOperationException();
    }

    @Override
    public synchronized Optional<AuditEntry> auditHead() {
        return entries.isEmpty() ? Optional.empty() : Optional.of(entries.get(entries.size() - 1));
    }

    @Override
    public String agentUid() {
        return "agent";
    }
}
