package io.kepm.api.audit;

import io.kepm.api.storage.Change;
import io.kepm.api.storage.StorageException;
import java.util.List;
import java.util.Optional;
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
     * <p>Of the refusals of one source only the first of each minute are records of their own; the
     * others are counted, and one record says how many there were.
     *
     * @return the records in their places, in the order of the drafts; empty when they were counted
     */
    List<AuditEntry> commit(Change change) throws StorageException;

    /** Makes one record durable. */
    default void append(AuditDraft draft) throws StorageException {
        commit(Change.record(draft));
    }

    /**
     * Reads records, a page at a time. What is rare, or long ago, may take long to be found in a
     * large audit; {@link #search} does not.
     */
    List<AuditEntry> query(AuditQuery query) throws StorageException;

    /** Reads records as {@link #query} does, for two seconds or so; then it says where to go on. */
    default AuditPart search(AuditQuery query) throws StorageException {
        return AuditPart.whole(query, query(query));
    }

    /**
     * Reads the whole chain and checks it, also against a place that is known from outside: an
     * export, or a backend.
     */
    Verification verify(Optional<AuditPlace> anchor) throws StorageException;

    /** Without an anchor: a whole store that was put back to an older copy is not noticed. */
    default Verification verify() throws StorageException {
        return verify(Optional.empty());
    }

    /**
     * The result of a verification.
     *
     * @param intact whether every record follows the one before it
     * @param records how many did
     * @param head hash of the last one that did
     * @param firstBad what is wrong with the first that did not; empty when intact
     * @param anchored whether the chain was compared with a place outside of this store
     * @param first place of the first record that is kept; what was before it was removed by the
     *     rules of retention
     * @param checkpoints how many signed checkpoints there are among them
     */
    record Verification(
            boolean intact,
            long records,
            String head,
            String firstBad,
            boolean anchored,
            long first,
            long checkpoints) {

        /** Of a chain from its beginning, without checkpoints. */
        public Verification(
                boolean intact, long records, String head, String firstBad, boolean anchored) {
            this(intact, records, head, firstBad, anchored, 1, 0);
        }
    }
}
