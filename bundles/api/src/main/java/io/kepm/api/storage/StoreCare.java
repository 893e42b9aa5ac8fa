package io.kepm.api.storage;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditPlace;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** What keeps the store itself in order. Safe for use by many threads. */
@ProviderType
public interface StoreCare {

    /**
     * Key in {@link Table#AGENT_STATE} that is there since the store was restored from a backup,
     * and until whoever keeps promises in it has made sure that none comes to life again.
     */
    String RESTORED = "restored";

    /** Makes a record that knows which record it follows. */
    interface NextRecord {
        AuditDraft after(AuditPlace before) throws StorageException;
    }

    /**
     * Makes a record durable that knows which one it follows, and removes what it stands for.
     *
     * @param removed the last record to remove with all before it; none when empty
     * @throws StorageException when nothing of it took effect
     */
    AuditEntry follow(NextRecord record, Optional<AuditPlace> removed) throws StorageException;

    /** The place of the last record that was removed; {@link AuditPlace#START} when none was. */
    AuditPlace auditBase();

    Room room() throws StorageException;

    /**
     * Gives every purpose a new data key, wraps all of them with a new master key, and says which
     * keys there are now. What is stored stays as it is: it names the key that opens it.
     */
    List<String> rotateKeys() throws StorageException;

    /**
     * Copies the store as it is at one moment; decisions go on meanwhile. What is sealed stays
     * sealed: the copy opens with this machine's master key only, which is not in it.
     *
     * @param file has not to exist yet; made for root alone
     * @return how many records it holds
     */
    long backup(Path file) throws StorageException;

    /** Above so many bytes in use SQLite's own check of its pages would hold decisions up. */
    long LARGEST_CHECKED = 256L << 20;

    /**
     * Reads everything there is and names what is damaged; empty when all is well. SQLite's own
     * check of its pages is left out above {@link #LARGEST_CHECKED}.
     */
    List<String> faults() throws StorageException;

    /**
     * How much room the store takes and has.
     *
     * @param used bytes of the database that hold something
     * @param free bytes that its file system has left for it
     * @param reserveUsed whether the file system is full, and the bytes that were kept for this
     *     case are in use
     */
    record Room(long used, long free, boolean reserveUsed) {}
}
