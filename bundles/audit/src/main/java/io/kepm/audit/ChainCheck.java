package io.kepm.audit;

import io.kepm.api.audit.AuditChain;
import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditLog.Verification;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.audit.ChainVerifier;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import java.util.List;
import java.util.Optional;

/**
 * Checks stored records against each other and against the head, which the store keeps apart from
 * them: whatever was edited, removed, reordered or cut off is named. Records that arrive meanwhile
 * are left to the next check.
 */
final class ChainCheck {

    private static final int PAGE = 1_000;

    private final Storage storage;

    ChainCheck(Storage storage) {
        this.storage = storage;
    }

    /** All records. */
    Verification whole() throws StorageException {
        Optional<AuditEntry> head = storage.auditHead();
        return head.isEmpty()
                ? new Verification(true, 0, AuditChain.GENESIS, "", false)
                : check(0, AuditChain.GENESIS, head.get());
    }

    /** The last records only. */
    Verification tail(int count) throws StorageException {
        Optional<AuditEntry> head = storage.auditHead();
        if (head.isEmpty() || head.get().seq() <= count) {
            return whole();
        }
        long before = head.get().seq() - count;
        List<AuditEntry> base = page(before - 1, 1);
        return base.isEmpty() || base.get(0).seq() != before
                ? bad(new ChainVerifier(before, ""), missing(before))
                : check(before, base.get(0).hash(), head.get());
    }

    private Verification check(long after, String hash, AuditEntry head) throws StorageException {
        ChainVerifier verifier = new ChainVerifier(after + 1, hash);
        long last = after;
        while (last < head.seq()) {
            List<AuditEntry> page;
            try {
                page = page(last, PAGE);
            } catch (StorageException e) {
                return narrowed(verifier, last, e);
            }
            if (page.isEmpty()) {
                return bad(verifier, missing(last + 1) + cutOff(head));
            }
            for (AuditEntry entry : page) {
                if (last == head.seq()) {
                    break;
                }
                Optional<String> fault = verifier.accept(entry);
                if (fault.isPresent()) {
                    return bad(verifier, fault.get());
                }
                last = entry.seq();
            }
        }
        if (!verifier.head().equals(head.hash())) {
            return bad(
                    verifier, "record " + last + " is not the one that was written in its place");
        }
        return new Verification(true, verifier.count(), verifier.head(), "", false);
    }

    /** Finds the record that keeps a page from being read. */
    private Verification narrowed(ChainVerifier verifier, long after, StorageException cause)
            throws StorageException {
        long last = after;
        for (int i = 0; i < PAGE; i++) {
            try {
                for (AuditEntry entry : page(last, 1)) {
                    Optional<String> fault = verifier.accept(entry);
                    if (fault.isPresent()) {
                        return bad(verifier, fault.get());
                    }
                    last = entry.seq();
                }
            } catch (StorageException e) {
                // When even the head can't be read, it is not about one record.
                storage.auditHead();
                return bad(verifier, "record " + (last + 1) + " can't be read: " + e.getMessage());
            }
        }
        throw cause;
    }

    private List<AuditEntry> page(long after, int count) throws StorageException {
        return storage.audit(AuditQuery.after(after, count));
    }

    private static String missing(long seq) {
        return "record " + seq + " is missing";
    }

    private static String cutOff(AuditEntry head) {
        return ": the end was cut off, the last one written is record " + head.seq();
    }

    private static Verification bad(ChainVerifier verifier, String what) {
        return new Verification(false, verifier.count(), verifier.head(), what, false);
    }
}
