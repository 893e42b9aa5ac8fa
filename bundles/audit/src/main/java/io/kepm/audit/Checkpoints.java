package io.kepm.audit;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditPlace;
import io.kepm.api.audit.Checkpoint;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.StoreCare;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Signs the head of the chain: after {@link #RECORDS} records, or {@link #PATIENCE} after the first
 * that is not covered yet. For use by one thread; only {@link #note} by many.
 */
final class Checkpoints {

    static final int RECORDS = 256;
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private final StoreCare store;
    private final AgentKey key;
    private final String agentUid;
    private final java.util.concurrent.atomic.AtomicLong open =
            new java.util.concurrent.atomic.AtomicLong();
    private Optional<Instant> since = Optional.empty();

    Checkpoints(StoreCare store, AgentKey key, String agentUid) {
        this.store = store;
        this.key = key;
        this.agentUid = agentUid;
    }

    /** That so many records were written; true when it is time to sign. */
    boolean note(int records) {
        long before = open.getAndAdd(records);
        return before < RECORDS && before + records >= RECORDS;
    }

    /** Signs when it is due. */
    synchronized void sign(Instant now) throws StorageException {
        if (open.get() == 0) {
            return;
        }
        if (since.isEmpty()) {
            since = Optional.of(now);
        }
        boolean isLate = !now.isBefore(since.get().plus(PATIENCE));
        // A clock that was set back must not put it off.
        if (open.get() >= RECORDS || isLate || now.isBefore(since.get())) {
            signNow();
        }
    }

    /** Signs if there is anything that is not covered. */
    synchronized void signNow() throws StorageException {
        if (open.get() > 0) {
            long covered = open.get();
            store.follow(this::signed, Optional.empty());
            open.addAndGet(-covered);
            since = Optional.empty();
        }
    }

    /**
     * Signs, and has all records up to a place removed.
     *
     * @param details what to say about it
     */
    synchronized void prune(AuditPlace through, Map<String, String> details)
            throws StorageException {
        store.follow(before -> pruned(before, through, details), Optional.of(through));
    }

    private AuditDraft signed(AuditPlace before) throws StorageException {
        try {
            return Checkpoint.signed(before, agentUid, key.secret(), key.shown()).build();
        } catch (GeneralSecurityException e) {
            throw new StorageException("this Java can't sign: " + e, e);
        }
    }

    private AuditDraft pruned(AuditPlace before, AuditPlace through, Map<String, String> details)
            throws StorageException {
        try {
            AuditDraft.Builder draft =
                    Checkpoint.pruned(before, through, agentUid, key.secret(), key.shown());
            details.forEach(draft::detail);
            return draft.build();
        } catch (GeneralSecurityException e) {
            throw new StorageException("this Java can't sign: " + e, e);
        }
    }
}
