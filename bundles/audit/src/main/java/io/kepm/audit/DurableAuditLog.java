package io.kepm.audit;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditPart;
import io.kepm.api.audit.AuditPlace;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.audit.AuditType;
import io.kepm.api.health.HealthCheck.Health;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.StoreCare;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
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
    private final AgentKey key;
    private final Checkpoints checkpoints;
    private final Floods floods = new Floods();
    private final Owed owed = new Owed();

    /** The damage that is on record, or surely will be; guarded by what is owed. */
    private String damage = "";

    private final Retention retention;
    private final List<Upkeep.Chore> chores;
    private final Upkeep upkeep;
    private final InstantSource clock;
    private final Adoption adoption;
    private final SpoolFolder spool;
    private volatile List<String> notAdopted;
    private volatile Verification last;
    private volatile long records;

    /**
     * Checks the tail, puts the start on record, and adopts what waits.
     *
     * @param spool the folder of the files that wait
     * @throws StorageException when nothing can be recorded: then there is no audit
     */
    DurableAuditLog(
            Storage storage,
            StoreCare store,
            Retention.Rules rules,
            Path spool,
            String version,
            InstantSource clock,
            ClockWatch watch)
            throws StorageException {
        this.storage = storage;
        this.clock = clock;
        this.key = AgentKey.of(storage);
        this.chain = new ChainCheck(storage, store, key.shown());
        this.run = new AgentRun(storage, clock);
        this.checkpoints = new Checkpoints(store, key, storage.agentUid());
        this.last = told(chain.tail(TAIL));
        boolean wasLongAway =
                storage.auditHead()
                        .map(entry -> Duration.between(entry.time(), clock.instant()))
                        .filter(away -> away.compareTo(Order.DOUBT) > 0)
                        .isPresent();
        Optional<String> gap = run.begin(version);
        gap.ifPresent(from -> LOG.warn("the agent had not stopped in order; gap since {}", from));
        this.spool = new SpoolFolder(spool);
        this.adoption = new Adoption(storage, this.spool, clock);
        this.notAdopted = adoption.run();
        this.records = storage.auditHead().map(AuditEntry::seq).orElse(0L);
        // What the last run left unsigned is signed with the first of this one.
        checkpoints.note(1);
        this.retention = new Retention(storage, store, checkpoints, rules);
        BreakGlassReserve reserve = new BreakGlassReserve(spool);
        // At once: an agent that never stays up for a minute is one to set aside.
        reserve.prepare();
        Order order =
                new Order(
                        store,
                        rules,
                        new Order.Parts(
                                checkpoints, floods, owed, this::write, watch, retention, reserve));
        if (wasLongAway) {
            // Or a clock that is wrong since the machine started.
            order.doubtClock();
        }
        this.chores = order.chores(now -> adopt());
        this.upkeep = new Upkeep(chores, clock);
    }

    /** Begins to keep it in order. */
    void start() {
        upkeep.start();
    }

    /** What is done to keep it in order. */
    List<Upkeep.Chore> chores() {
        return chores;
    }

    /** Signs what no checkpoint covers yet. */
    void sign() throws StorageException {
        checkpoints.signNow();
    }

    @Override
    public List<AuditEntry> commit(Change change) throws StorageException {
        List<AuditDraft> summaries = new ArrayList<>();
        boolean admitted = floods.admits(change, clock.instant(), summaries);
        owed.add(summaries);
        try {
            return admitted ? written(change) : List.of();
        } catch (StorageException e) {
            keepCount(change);
            throw e;
        }
    }

    /** A refusal stands whether or not it is on record; it is in a sum as soon as it can be. */
    private void keepCount(Change change) {
        List<AuditDraft> summaries = new ArrayList<>();
        floods.unwritten(change, clock.instant(), summaries);
        owed.add(summaries);
    }

    private void write(AuditDraft draft) throws StorageException {
        written(Change.record(draft));
    }

    private List<AuditEntry> written(Change change) throws StorageException {
        List<AuditEntry> entries = storage.commit(change);
        if (!entries.isEmpty()) {
            // Only for show: a smaller number may win a race.
            records = entries.get(entries.size() - 1).seq();
            if (checkpoints.note(entries.size())) {
                upkeep.wake();
            }
        }
        return entries;
    }

    /** Looks for records that were written down elsewhere: somebody may have broken the glass. */
    private void adopt() throws StorageException {
        List<String> found = new ArrayList<>(adoption.run());
        found.addAll(spool.setAside());
        notAdopted = found;
    }

    @Override
    public List<AuditEntry> query(AuditQuery query) throws StorageException {
        return storage.audit(query);
    }

    @Override
    public AuditPart search(AuditQuery query) throws StorageException {
        return storage.auditSearch(query);
    }

    @Override
    public Verification verify(Optional<AuditPlace> anchor) throws StorageException {
        Verification found = told(chain.whole(anchor));
        if (!found.anchored() || found.intact()) {
            // What does not agree with an anchor may be the anchor's fault: its caller is told.
            last = found;
        }
        return found;
    }

    /** What the agent's signatures are checked with. */
    PublicKey key() {
        return key.shown();
    }

    /**
     * Damage is on record once for each run, and so at every export: whoever could change this
     * store can't change what has left it. INVARIANT: what only disagrees with an anchor is not
     * damage on record, as anybody who may read can name a wrong one; the call itself is.
     */
    private Verification told(Verification found) {
        if (found.intact()) {
            return found;
        }
        if (found.anchored()) {
            LOG.warn("the audit is not what a caller knows of it: {}", found.firstBad());
            return found;
        }
        LOG.error("the audit is damaged: {}", found.firstBad());
        synchronized (owed) {
            // What found no room is tried again by the next check.
            if (!found.firstBad().equals(damage) && owed.add(List.of(damaged(found)))) {
                damage = found.firstBad();
            }
        }
        return found;
    }

    private static AuditDraft damaged(Verification found) {
        return AuditDraft.of(AuditType.AUDIT_DAMAGED, "DAMAGED")
                .sessionType("system")
                .reason(found.firstBad())
                .detail("against", "chain")
                .detail("good_before", Long.toString(found.records()))
                .build();
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
        List<String> troubles = upkeep.troubles();
        if (!troubles.isEmpty()) {
            return Health.degraded(
                    String.join("; ", troubles),
                    "it is tried again; if it stays like this, look at the log and at the disk");
        }
        if (retention.isTooSmall()) {
            return Health.degraded(
                    "records younger than `RetentionDays` had to go",
                    "give the audit more room (`MaxBytes`), and export it");
        }
        return Health.healthy(records + " records");
    }

    /** Puts the stop on record; without that, the next start finds a gap. */
    void close() {
        upkeep.close();
        try {
            owed.add(floods.ended(clock.instant(), true));
            owed.pay(this::write);
            run.end();
            checkpoints.note(1);
            checkpoints.signNow();
        } catch (StorageException e) {
            LOG.error("the stop is not on record: {}", e.getMessage());
        }
    }
}
