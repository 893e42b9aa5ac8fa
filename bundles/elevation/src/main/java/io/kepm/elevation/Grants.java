package io.kepm.elevation;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.elevation.Grant;
import io.kepm.api.linux.Origin;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * The grants that have not ended. The store is the truth; the map mirrors it so that reads cost
 * nothing. Safe for use by many threads: of two that end one grant, the store lets one win.
 */
final class Grants {

    private final AuditLog audit;
    private final InstantSource clock;
    private final String bootId;
    private final Predicate<StoredGrant> alive;
    private final Map<String, StoredGrant> open = new ConcurrentHashMap<>();

    /**
     * @param bootId of the running kernel
     * @param alive whether the process that a grant was given to still runs
     */
    Grants(
            Storage storage,
            AuditLog audit,
            InstantSource clock,
            String bootId,
            Predicate<StoredGrant> alive)
            throws StorageException {
        this.audit = audit;
        this.clock = clock;
        this.bootId = bootId;
        this.alive = alive;
        for (byte[] value : storage.list(Table.GRANTS).values()) {
            StoredGrant stored = StoredGrant.of(value);
            open.put(stored.grant().id(), stored);
        }
    }

    String bootId() {
        return bootId;
    }

    /**
     * The step that makes a grant durable; it counts once {@link #opened} was told of the commit.
     */
    Mutation creation(StoredGrant stored) {
        return new Mutation.Create(Table.GRANTS, stored.grant().id(), stored.toBytes());
    }

    void opened(StoredGrant stored) {
        open.put(stored.grant().id(), stored);
    }

    Optional<StoredGrant> find(String grantId) {
        return Optional.ofNullable(open.get(grantId));
    }

    /** The grant whose sudo is one of these processes. */
    Optional<StoredGrant> among(List<Origin.Step> processes) {
        return open.values().stream()
                .filter(
                        stored ->
                                stored.started() != 0
                                        && processes.contains(
                                                new Origin.Step(stored.pid(), stored.started())))
                .findFirst();
    }

    int count() {
        return open.size();
    }

    List<Grant> list() {
        return open.values().stream()
                .map(StoredGrant::grant)
                .sorted(Comparator.comparing(Grant::from).thenComparing(Grant::id))
                .toList();
    }

    /** Ends a grant, with the record of it. */
    void end(StoredGrant stored, AuditDraft record) throws StorageException {
        String id = stored.grant().id();
        audit.commit(new Change(List.of(new Mutation.Take(Table.GRANTS, id)), List.of(record)));
        open.remove(id);
    }

    /** Ends the grant of a sudo that is gone. */
    void endUnheard(StoredGrant stored) throws StorageException {
        end(
                stored,
                record(
                        stored,
                        AuditType.ELEVATION_ENDED,
                        "UNKNOWN",
                        "the command ended without a word from sudo; its exit status is not known"));
    }

    /** Ends what should have ended: of another boot, past its time, or whose process is gone. */
    void reconcile() throws StorageException {
        Instant now = clock.instant();
        for (StoredGrant stored : List.copyOf(open.values())) {
            if (!stored.bootId().equals(bootId)) {
                end(
                        stored,
                        record(
                                stored,
                                AuditType.GRANT_REVOKED,
                                "REVOKED",
                                "the machine was started anew"));
            } else if (!alive.test(stored)) {
                endUnheard(stored);
            } else if (now.isAfter(stored.grant().to())) {
                end(stored, record(stored, AuditType.GRANT_EXPIRED, "EXPIRED", "its time is over"));
            }
        }
    }

    private static AuditDraft record(
            StoredGrant stored, AuditType type, String outcome, String reason) {
        return AuditDraft.of(type, outcome)
                .request(stored.grant().requestId())
                .user(stored.user())
                .target(stored.target())
                .reason(reason)
                .detail("grant", stored.grant().id())
                .build();
    }
}
