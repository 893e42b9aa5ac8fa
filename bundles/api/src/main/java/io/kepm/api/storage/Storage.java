package io.kepm.api.storage;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditPart;
import io.kepm.api.audit.AuditQuery;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The encrypted store and its single writer. Only {@code audit} commits here; everybody else
 * commits through {@link io.kepm.api.audit.AuditLog}. Safe for use by many threads.
 */
@ProviderType
public interface Storage {

    /**
     * Gives the change to the single writer and waits until it is on disk. The writer assigns place
     * and hash of each record in commit order, and commits many changes with one sync.
     *
     * @return the sealed records, in the order of the drafts
     * @throws StorageException when nothing of it took effect
     */
    List<AuditEntry> commit(Change change) throws StorageException;

    Optional<byte[]> get(Table table, String key) throws StorageException;

    /** All of a table, in order of the keys. */
    Map<String, byte[]> list(Table table) throws StorageException;

    /** A page of records, however long it takes to find them. */
    List<AuditEntry> audit(AuditQuery query) throws StorageException;

    /**
     * As {@link #audit}, for two seconds or 4 MiB of records or so; then it says where to go on.
     */
    default AuditPart auditSearch(AuditQuery query) throws StorageException {
        return AuditPart.whole(query, audit(query));
    }

    /** The last record; empty before the first one. */
    Optional<AuditEntry> auditHead() throws StorageException;

    /** Who this agent is in records: a UUID made with the store. */
    String agentUid();
}
