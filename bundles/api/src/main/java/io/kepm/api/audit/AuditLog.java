package io.kepm.api.audit;

import io.kepm.api.storage.Change;
import io.kepm.api.storage.StorageException;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The record of what happened. When {@link #commit} or {@link #append} returns, the records are on
 * disk; when it throws, nothing of the change took effect and whoever asked must be denied. Safe
 * for use by many threads; concurrent calls share one sync.
 */
@ProviderType
public interface AuditLog {

    /**
     * Makes a change and its records durable, together or not at all.
     *
     * @return the records in their places, in the order of the drafts
     */
    List<AuditEntry> commit(Change change) throws StorageException;

    /** Makes one record durable. */
    default AuditEntry append(AuditDraft draft) throws StorageException {
        return commit(Change.record(draft)).get(0);
    }

    /** Reads records, a page at a time. */
    List<AuditEntry> query(AuditQuery query) throws StorageException;

    /** Reads the whole chain and checks it. */
    Verification verify() throws StorageException;

    /**
     * The result of a verification.
     *
     * @param intact whether every record follows the one before it
     * @param records how many did
     * @param head hash of the last one that did
     * @param firstBad what is wrong with the first that did not; empty when intact
     * @param anchored whether the head was compared with a place outside of this store
     */
    record Verification(
            boolean intact, long records, String head, String firstBad, boolean anchored) {}
}
