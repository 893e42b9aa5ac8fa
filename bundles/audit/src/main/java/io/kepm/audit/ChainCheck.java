package io.kepm.audit;

import io.kepm.api.audit.AuditChain;
import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditLog.Verification;
import io.kepm.api.audit.AuditPlace;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.audit.ChainVerifier;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.StoreCare;
import java.security.PublicKey;
import java.util.List;
import java.util.Optional;

/**
 * Checks stored records against each other and against the head, which the store keeps apart from
 * them: whatever was edited, removed, reordered or cut off is named. Records that arrive meanwhile
 * are left to the next check.
 */
final class ChainCheck {

    private static final int PAGE = 200;

    private final Storage storage;
    private final StoreCare store;
    private final PublicKey key;

    /**
     * @param key the agent's, which signed the checkpoints
     */
    ChainCheck(Storage storage, StoreCare store, PublicKey key) {
        this.storage = storage;
        this.store = store;
        this.key = key;
    }

    /** All records that are kept, against a place that is known from outside. */
    Verification whole(Optional<AuditPlace> anchor) throws StorageException {
        Optional<AuditEntry> head = storage.auditHead();
        if (head.isEmpty()) {
            return anchored(
                    new Verification(true, 0, AuditChain.GENESIS, "", false),
                    AuditPlace.START,
                    anchor);
        }
        AuditPlace base = store.auditBase();
        ChainVerifier verifier = new ChainVerifier(base, Optional.of(key));
        Verification checked = check(verifier, base.seq(), head.get());
        if (!checked.intact()) {
            // What was removed meanwhile, under the rules, was not there to be read.
            return store.auditBase().equals(base) ? checked : whole(anchor);
        }
        if (base.seq() > 0 && !verifier.removed().equals(Optional.of(base))) {
            // Unless it was signed away just now.
            return store.auditBase().equals(base)
                    ? bad(
                            verifier,
                            "records up to " + base.seq() + " are gone, and no checkpoint says so")
                    : whole(anchor);
        }
        return anchored(checked, base, anchor);
    }

    /** An older copy of a whole store is whole in itself: only a place outside tells. */
    private Verification anchored(
            Verification checked, AuditPlace base, Optional<AuditPlace> anchor)
            throws StorageException {
        if (anchor.isEmpty() || anchor.get().seq() < base.seq()) {
            return checked;
        }
        long seq = anchor.get().seq();
        String hash = base.hash();
        if (seq > base.seq()) {
            List<AuditEntry> there = page(seq - 1, 1);
            if (there.isEmpty() || there.get(0).seq() != seq) {
                // Looked at after the page: what was removed meanwhile is not known any more.
                if (!store.auditBase().equals(base)) {
                    return whole(anchor);
                }
                if (!there.isEmpty()) {
                    return new Verification(
                            false, checked.records(), checked.head(), missing(seq), false);
                }
                return new Verification(
                        false,
                        checked.records(),
                        checked.head(),
                        "record "
                                + seq
                                + " is known outside, and the store ends before it: it was put"
                                + " back to an older copy",
                        true,
                        checked.first(),
                        checked.checkpoints());
            }
            hash = there.get(0).hash();
        }
        boolean same = hash.equals(anchor.get().hash());
        return new Verification(
                same,
                checked.records(),
                checked.head(),
                same ? "" : "record " + seq + " is another one than is known outside",
                true,
                checked.first(),
                checked.checkpoints());
    }

    /** The last records only. */
    Verification tail(int count) throws StorageException {
        Optional<AuditEntry> head = storage.auditHead();
        if (head.isEmpty() || head.get().seq() - count <= store.auditBase().seq()) {
            return whole(Optional.empty());
        }
        long before = head.get().seq() - count;
        List<AuditEntry> base = page(before - 1, 1);
        if (base.isEmpty() || base.get(0).seq() != before) {
            if (store.auditBase().seq() >= before) {
                return whole(Optional.empty());
            }
            return bad(new ChainVerifier(before, ""), missing(before));
        }
        return check(
                new ChainVerifier(new AuditPlace(before, base.get(0).hash()), Optional.of(key)),
                before,
                head.get());
    }

    private Verification check(ChainVerifier verifier, long after, AuditEntry head)
            throws StorageException {
        try (PagesAhead pages = new PagesAhead(storage, PAGE)) {
            return check(verifier, after, head, pages);
        }
    }

    private Verification check(
            ChainVerifier verifier, long after, AuditEntry head, PagesAhead pages)
            throws StorageException {
        long first = after + 1;
        long last = after;
        while (last < head.seq()) {
            List<AuditEntry> page;
            try {
                page = pages.after(last);
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
        return new Verification(
                true, verifier.count(), verifier.head(), "", false, first, verifier.checkpoints());
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
