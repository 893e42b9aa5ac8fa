package io.kepm.elevation;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditType;
import io.kepm.api.linux.Scopes;
import io.kepm.api.storage.StorageException;
import io.kepm.elevation.GrantLife.Ending;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How grants end. A grant is open as long as anything runs by it: its sudo, or what that left in
 * its scope. INVARIANT: that something is to be ended is on record, and in the store, before it is.
 * Safe for use by many threads.
 */
final class GrantEnds {

    private static final Logger LOG = LoggerFactory.getLogger(GrantEnds.class);

    /** Between TERM and KILL. */
    static final Duration GRACE = Duration.ofSeconds(5);

    private static final int TRIES = 5;

    private final Grants grants;
    private final Scopes scopes;
    private final Clocks clocks;
    private final Predicate<StoredGrant> alive;
    private final Consumer<StoredGrant> told;

    /**
     * @param alive whether the sudo that a grant was given to still runs
     * @param told hears, just before, what is about to be ended and why
     */
    GrantEnds(
            Grants grants,
            Scopes scopes,
            Clocks clocks,
            Predicate<StoredGrant> alive,
            Consumer<StoredGrant> told) {
        this.grants = grants;
        this.scopes = scopes;
        this.clocks = clocks;
        this.alive = alive;
        this.told = told;
    }

    /**
     * The command of a grant has ended.
     *
     * @param how {@code unknown} when nobody said how
     */
    void closed(String grantId, String how, int status, long durationMillis)
            throws StorageException {
        for (int i = 0; i < TRIES; i++) {
            Optional<StoredGrant> found = grants.find(grantId);
            if (found.isEmpty() || found.get().life().closed()) {
                LOG.info("the end of a grant that is not open was reported: `{}`", grantId);
                return;
            }
            if (close(found.get(), end(found.get(), how, status, durationMillis))) {
                return;
            }
        }
        throw new StorageException("grant " + grantId + " changes all the time");
    }

    /** The same for a sudo that is gone without a word. */
    boolean unheard(StoredGrant stored) throws StorageException {
        return close(stored, end(stored, "unknown", 0, 0));
    }

    /**
     * False when it was changed meanwhile. What the command left running keeps the grant open until
     * its time is over.
     */
    private boolean close(StoredGrant stored, AuditDraft end) throws StorageException {
        List<AuditDraft> records = new ArrayList<>();
        boolean over = clocks.read().isOver(stored);
        // The service manager, or sudo itself, may have been quicker than our own look at the
        // clock.
        if (over && stored.life().ending() == Ending.NONE) {
            records.add(expired(stored).reason("its time is over").build());
        }
        records.add(end);
        return leaves(stored)
                ? grants.change(stored, stored.with(stored.life().afterClose()), records)
                : grants.end(stored, records);
    }

    private static AuditDraft end(StoredGrant stored, String how, int status, long millis) {
        AuditDraft.Builder draft =
                stored.record(AuditType.ELEVATION_ENDED, how.toUpperCase(Locale.ROOT));
        if (stored.life().ending() != Ending.NONE) {
            draft.detail("ending", stored.life().ending().name().toLowerCase(Locale.ROOT));
        }
        if (how.equals("inside")) {
            return draft.reason(
                            "it was started by the command of another grant, with which it ends")
                    .build();
        }
        return how.equals("unknown")
                ? draft.reason(
                                "the command ended and nobody said how; its exit status is not known")
                        .build()
                : draft.detail("status", Integer.toString(status))
                        .detail("duration_ms", Long.toString(millis))
                        .build();
    }

    private static AuditDraft.Builder expired(StoredGrant stored) {
        return stored.record(AuditType.GRANT_EXPIRED, "EXPIRED");
    }

    /** What its command left running is gone as well, so the grant is. */
    boolean emptied(StoredGrant stored) throws StorageException {
        return grants.end(
                stored,
                stored.life().ending() == Ending.NONE
                        ? List.of(
                                stored.record(AuditType.GRANT_EXPIRED, "OK")
                                        .reason("what its command left running has ended")
                                        .build())
                        : List.of());
    }

    /** Its machine was started anew: nothing of it can run. */
    boolean ofAnotherBoot(StoredGrant stored) throws StorageException {
        return grants.end(
                stored,
                List.of(
                        stored.record(AuditType.GRANT_REVOKED, "REVOKED")
                                .reason("the machine was started anew")
                                .build()));
    }

    /** It was made and could not be given: nothing ran by it. */
    void notGiven(StoredGrant stored, String why) throws StorageException {
        grants.end(
                stored,
                List.of(stored.record(AuditType.GRANT_REVOKED, "REVOKED").reason(why).build()));
    }

    /** Its time is over: what runs by it is ended, or may finish. */
    void expire(StoredGrant stored, boolean kill) throws StorageException {
        stop(
                stored,
                kill ? Ending.EXPIRED : Ending.FINISHING,
                expired(stored)
                        .reason(
                                kill
                                        ? "its time is over"
                                        : "its time is over; what runs by it may finish")
                        .build());
    }

    /** Given back by its owner. */
    void release(StoredGrant stored, String by) throws StorageException {
        stop(
                stored,
                Ending.RELEASED,
                stored.record(AuditType.GRANT_REVOKED, "RELEASED")
                        .reason("given back by `" + by + "`")
                        .detail("by", by)
                        .build());
    }

    /** Taken back by an administrator. */
    void revokeBy(StoredGrant stored, String by) throws StorageException {
        stop(
                stored,
                Ending.REVOKED,
                stored.record(AuditType.GRANT_REVOKED, "REVOKED")
                        .reason("taken back by `" + by + "`")
                        .detail("by", by)
                        .build());
    }

    /** Taken back by the agent itself. */
    void revoke(StoredGrant stored, String why) throws StorageException {
        stop(
                stored,
                Ending.REVOKED,
                stored.record(AuditType.GRANT_REVOKED, "REVOKED").reason(why).build());
    }

    private void stop(StoredGrant stored, Ending why, AuditDraft record) throws StorageException {
        if (stored.life().ending().kills()) {
            return;
        }
        StoredGrant next = stored.with(stored.life().ending(why));
        boolean changed;
        try {
            changed = grants.change(stored, next, List.of(record));
        } catch (StorageException e) {
            if (why.kills()) {
                kill(next, GRACE);
            }
            throw e;
        }
        if (changed && why.kills()) {
            tell(next);
            kill(next, GRACE);
        }
    }

    private void tell(StoredGrant stored) {
        try {
            told.accept(stored);
        } catch (RuntimeException e) {
            LOG.warn("nobody was told why grant {} ends: {}", stored.id(), e.getMessage());
        }
    }

    /** Ends what runs by a grant; nothing of it is a fault that could keep the others alive. */
    void kill(StoredGrant stored, Duration grace) {
        try {
            boolean outside = !stored.life().scoped() || !inScope(stored);
            if (stored.life().scoped()) {
                scopes.end(stored.id(), grace);
            }
            if (outside) {
                scopes.endTree(stored.pid(), stored.started(), grace);
            }
        } catch (IOException | RuntimeException e) {
            LOG.error("what runs by grant {} can't be ended: {}", stored.id(), e.getMessage());
        }
    }

    /** Whether its sudo, if it lives, is where it was put; what can't be seen counts as there. */
    boolean inScope(StoredGrant stored) {
        try {
            return !alive.test(stored) || scopes.members(stored.id()).contains(stored.pid());
        } catch (IOException e) {
            LOG.warn("the scope of grant {} can't be seen: {}", stored.id(), e.getMessage());
            return true;
        }
    }

    boolean sudoRuns(StoredGrant stored) {
        return alive.test(stored);
    }

    /** Whether anything but its sudo runs in its scope. */
    boolean leaves(StoredGrant stored) {
        try {
            return stored.life().scoped()
                    && scopes.members(stored.id()).stream().anyMatch(pid -> pid != stored.pid());
        } catch (IOException e) {
            // Not known to be empty: the next look tells.
            LOG.warn("the scope of grant {} can't be seen: {}", stored.id(), e.getMessage());
            return true;
        }
    }
}
