package io.kepm.storage;

import io.kepm.api.audit.AuditChain;
import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditPlace;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.StorageException;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One transaction for many changes: gives each record its place and hash in the order of the
 * changes. A change whose own condition does not hold (something is there already, or no more) is
 * refused alone and leaves nothing behind. For use by the writer thread alone.
 */
final class BatchCommit {

    /** Who this agent is in its records. */
    record Agent(String uid, String version) {}

    /** Longest canonical text of a record, in characters. */
    static final int LONGEST_RECORD = 1 << 20;

    private final StoreTables tables;
    private final Agent agent;
    private final RecordIds ids;
    private final Instant now;
    private final byte[] items;
    private AuditPlace base;
    private long seq;
    private String hash;

    /**
     * @param start where the store stands before this batch
     */
    BatchCommit(StoreTables tables, Agent agent, RecordIds ids, Instant now, Head start) {
        this.tables = tables;
        this.agent = agent;
        this.ids = ids;
        this.now = now;
        this.items = start.items().clone();
        this.base = start.base();
        this.seq = start.seq();
        this.hash = start.hash();
    }

    /** Where the store stands once this batch is on disk. */
    Head head() {
        return new Head(seq, hash, items.clone(), base);
    }

    /** Writes a record that follows the last one, and removes what it stands for. */
    List<AuditEntry> add(Following following)
            throws StorageException, SQLException, GeneralSecurityException {
        Optional<AuditPlace> removed = following.removed();
        if (removed.isPresent()) {
            checkRemoval(removed.get());
        }
        AuditDraft draft;
        try {
            draft = following.record().after(new AuditPlace(seq, hash));
        } catch (RuntimeException e) {
            throw new StorageException("a record can't be made: " + e, e);
        }
        List<AuditEntry> entries = add(Change.record(draft));
        if (removed.isPresent()) {
            tables.audit().removeThrough(removed.get().seq());
            base = removed.get();
        }
        return entries;
    }

    private void checkRemoval(AuditPlace removed) throws StorageException, SQLException {
        Optional<AuditRow> row = tables.audit().find(removed.seq());
        boolean matches =
                removed.seq() > base.seq()
                        && row.isPresent()
                        && tables.auditSealer().entry(row.get()).hash().equals(removed.hash());
        if (!matches) {
            throw new StorageException(
                    "record " + removed.seq() + " is not the one that is to be removed");
        }
    }

    /**
     * Writes a change into the open transaction.
     *
     * @throws StorageException when this change is refused; nothing of it was written
     * @throws SQLException when the transaction can't go on
     */
    List<AuditEntry> add(Change change)
            throws StorageException, SQLException, GeneralSecurityException {
        checkConditions(change.mutations());
        List<AuditEntry> entries;
        try {
            entries = sealed(change.drafts());
        } catch (RuntimeException e) {
            throw new StorageException("a record can't be written down: " + e.getMessage(), e);
        }
        for (Mutation mutation : change.mutations()) {
            apply(mutation);
        }
        for (int i = 0; i < entries.size(); i++) {
            AuditEntry entry = entries.get(i);
            tables.audit().insert(tables.auditSealer().row(change.drafts().get(i), entry));
            seq = entry.seq();
            hash = entry.hash();
        }
        return entries;
    }

    private List<AuditEntry> sealed(List<AuditDraft> drafts) throws StorageException {
        List<AuditEntry> entries = new ArrayList<>(drafts.size());
        long nextSeq = seq;
        String previous = hash;
        for (AuditDraft draft : drafts) {
            nextSeq++;
            AuditEntry entry =
                    AuditChain.seal(
                            draft,
                            nextSeq,
                            ids.next(now.toEpochMilli()).toString(),
                            now,
                            agent.uid(),
                            agent.version(),
                            previous);
            if (entry.json().length() > LONGEST_RECORD) {
                throw new StorageException(
                        "a record of %d characters: at most %d are allowed"
                                .formatted(entry.json().length(), LONGEST_RECORD));
            }
            previous = entry.hash();
            entries.add(entry);
        }
        return List.copyOf(entries);
    }

    /** Looks at all conditions before anything is written, each after the steps before it. */
    private void checkConditions(List<Mutation> mutations) throws StorageException, SQLException {
        Map<String, Boolean> after = new HashMap<>();
        for (Mutation mutation : mutations) {
            if (!(mutation instanceof Mutation.Put)) {
                check(mutation, after);
            }
            after.put(name(mutation), !(mutation instanceof Mutation.Take));
        }
    }

    private void check(Mutation mutation, Map<String, Boolean> after)
            throws StorageException, SQLException {
        Boolean known = after.get(name(mutation));
        boolean there =
                known != null
                        ? known
                        : tables.items().seal(mutation.table(), id(mutation)).isPresent();
        if (mutation instanceof Mutation.Create && there) {
            throw new StorageException("`" + name(mutation) + "` is there already");
        }
        if (mutation instanceof Mutation.Take && !there) {
            throw new StorageException("`" + name(mutation) + "` is not there, or no more");
        }
    }

    private void apply(Mutation mutation) throws SQLException, GeneralSecurityException {
        byte[] id = id(mutation);
        tables.items().seal(mutation.table(), id).ifPresent(seal -> toggle(mutation, id, seal));
        if (mutation instanceof Mutation.Put put) {
            store(mutation, id, put.value());
        } else if (mutation instanceof Mutation.Create create) {
            store(mutation, id, create.value());
        } else {
            tables.items().remove(mutation.table(), id);
        }
    }

    private void store(Mutation mutation, byte[] id, byte[] value)
            throws SQLException, GeneralSecurityException {
        byte[] sealed = tables.itemSealer().seal(mutation.table(), id, mutation.key(), value);
        tables.items().put(mutation.table(), id, sealed);
        toggle(mutation, id, Sealer.sealOf(sealed));
    }

    private void toggle(Mutation mutation, byte[] id, byte[] seal) {
        Head.toggle(items, tables.itemSealer().version(mutation.table(), id, seal));
    }

    private byte[] id(Mutation mutation) {
        return tables.itemSealer().id(mutation.table(), mutation.key());
    }

    private static String name(Mutation mutation) {
        return mutation.table() + "/" + mutation.key();
    }
}
