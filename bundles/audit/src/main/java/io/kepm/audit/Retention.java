package io.kepm.audit;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditPlace;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.audit.ChainVerifier;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.StoreCare;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the oldest records: those that are too old, and as many as have to make room. Each step
 * leaves a signed checkpoint in their place. What an export still waits for stays, unless there is
 * no room. For use by one thread.
 */
final class Retention {

    /** Records at once: decisions wait for no more than their removal. */
    static final int STEP = 500;

    /** A clock that is wrong must not empty the audit: a twentieth an hour, at most. */
    static final int PART = 20;

    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    private final Storage storage;
    private final StoreCare store;
    private final Checkpoints checkpoints;
    private final Rules rules;
    private volatile boolean tooSmall;

    /**
     * What to keep.
     *
     * @param age records younger than this
     * @param bytes as many as fit
     * @param waitedFor the place from which on an export still needs the records; {@link
     *     Long#MAX_VALUE} when none does
     */
    record Rules(Duration age, long bytes, LongSupplier waitedFor) {}

    Retention(Storage storage, StoreCare store, Checkpoints checkpoints, Rules rules) {
        this.storage = storage;
        this.store = store;
        this.checkpoints = checkpoints;
        this.rules = rules;
    }

    /** Removes what is due; to be called once an hour. Says how many records went. */
    long run(Instant now) throws StorageException {
        long first = store.auditBase().seq();
        long head = storage.auditHead().map(AuditEntry::seq).orElse(0L);
        long most = Math.max(1, (head - first) / PART);
        long removed = 0;
        while (removed < most) {
            long step = aged(now, most - removed);
            if (step == 0) {
                break;
            }
            removed += step;
        }
        return removed;
    }

    /** Whether records had to go before their time, since the start. */
    boolean isTooSmall() {
        return tooSmall;
    }

    /** Removes as many as have to go; to be called every minute. */
    long makeRoom(Instant now) throws StorageException {
        long removed = 0;
        while (store.room().used() > rules.bytes()) {
            List<AuditEntry> page = oldest();
            if (page.size() < STEP) {
                // What is left is not the audit's.
                break;
            }
            Map<String, String> details = new TreeMap<>();
            details.put("rule", "MaxBytes");
            AuditEntry last = page.get(page.size() - 1);
            if (last.time().isAfter(now.minus(rules.age()))) {
                details.put("early", "records younger than RetentionDays");
                tooSmall = true;
            }
            if (last.seq() >= rules.waitedFor().getAsLong()) {
                details.put("not_exported", "an export had not had them all yet");
            }
            remove(page, details);
            removed += page.size();
        }
        return removed;
    }

    private long aged(Instant now, long most) throws StorageException {
        Instant limit = now.minus(rules.age());
        List<AuditEntry> page = oldest();
        int count = 0;
        long waitedFor = rules.waitedFor().getAsLong();
        for (int i = 0; i < page.size() && count < most; i++) {
            AuditEntry entry = page.get(i);
            // One of a clock that was ahead is as old as those after it.
            boolean isOfFuture = entry.time().isAfter(now);
            if (entry.seq() >= waitedFor || !(isOfFuture || entry.time().isBefore(limit))) {
                break;
            }
            count = isOfFuture ? count : i + 1;
        }
        if (count == 0) {
            return 0;
        }
        Map<String, String> details = new TreeMap<>();
        details.put("rule", "RetentionDays");
        remove(page.subList(0, count), details);
        return count;
    }

    private List<AuditEntry> oldest() throws StorageException {
        return storage.audit(AuditQuery.after(store.auditBase().seq(), STEP));
    }

    private void remove(List<AuditEntry> page, Map<String, String> details)
            throws StorageException {
        // One that can't be read has no hash to go on from.
        Optional<AuditEntry> end =
                page.stream().filter(entry -> !entry.hash().isEmpty()).reduce((a, b) -> b);
        if (end.isEmpty()) {
            throw new StorageException(
                    "records from " + page.get(0).seq() + " on can't be read, and stay");
        }
        AuditEntry last = end.get();
        details.put("removed_from", Long.toString(page.get(0).seq()));
        Optional<String> fault = fault(page);
        fault.ifPresent(what -> details.put("damaged", what));
        checkpoints.prune(new AuditPlace(last.seq(), last.hash()), details);
        LOG.info("records up to {} were removed: {}", last.seq(), details.get("rule"));
    }

    /** Damage must not go away with what it is in. */
    private Optional<String> fault(List<AuditEntry> page) {
        ChainVerifier verifier = new ChainVerifier(store.auditBase(), Optional.empty());
        for (AuditEntry entry : page) {
            Optional<String> fault = verifier.accept(entry);
            if (fault.isPresent()) {
                return fault;
            }
        }
        return Optional.empty();
    }
}
