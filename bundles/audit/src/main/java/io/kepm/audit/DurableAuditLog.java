package io.kepm.audit;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.health.HealthCheck.Health;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The audit on the store. It goes on recording even when older records turn out to be damaged: then
 * it says so, and where. Safe for use by many threads.
 */
final class DurableAuditLog implements AuditLog {

    /** How many records are checked at each start; the whole only when asked for. */
    static final int TAIL = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(DurableAuditLog.class);

    private final Storage storage;
    private final ChainCheck chain;
    private final AgentRun run;
    private final List<String> notAdopted;
    private volatile Verification last;
    private volatile long records;

    /**
     * Checks the tail, puts the start on record, and adopts what waits.
     *
     * @param spool the folder of the files that wait
     * @throws StorageException when nothing can be recorded: then there is no audit
     */
    DurableAuditLog(Storage storage, Path spool, String version, InstantSource clock)
            throws StorageException {
        this.storage = storage;
        this.chain = new ChainCheck(storage);
        this.run = new AgentRun(storage, clock);
        this.last = warned(chain.tail(TAIL));
        Optional<String> gap = run.begin(version);
        gap.ifPresent(from -> LOG.warn("the agent had not stopped in order; gap since {}", from));
        this.notAdopted = new Adoption(storage, new SpoolFolder(spool)).run();
        this.records = storage.auditHead().map(AuditEntry::seq).orElse(0L);
    }

    @Override
    public List<AuditEntry> commit(Change change) throws StorageException {
        List<AuditEntry> entries = storage.commit(change);
        if (!entries.isEmpty()) {
            // Only for show: a smaller number may win a race.
            records = entries.get(entries.size() - 1).seq();
        }
        return entries;
    }

    @Override
    public List<AuditEntry> query(AuditQuery query) throws StorageException {
        return storage.audit(query);
    }

    @Override
    public Verification verify() throws StorageException {
        last = warned(chain.whole());
        return last;
    }

    private static Verification warned(Verification verification) {
        if (!verification.intact()) {
            LOG.error("the audit is damaged: {}", verification.firstBad());
        }
        return verification;
    }

    Health health() {
        if (!last.intact()) {
            return Health.unhealthy(
                    last.firstBad(),
                    "somebody with root's rights, or the disk, changed the audit: copy"
                            + " `KeeperStorage` away and compare with an export");
        }
        if (!notAdopted.isEmpty()) {
            return Health.degraded(
                    String.join("; ", notAdopted), "look at the files, then remove them");
        }
        return Health.healthy(records + " records");
    }

    /** Puts the stop on record; without that, the next start finds a gap. */
    void close() {
        try {
            run.end();
        } catch (StorageException e) {
            LOG.error("the stop is not on record: {}", e.getMessage());
        }
    }
}
