package io.kepm.audit;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditPlace;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.health.HealthCheck.Health;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.StoreCare;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The audit on the store. It goes on recording even when older records turn out to be damaged: then
 * it says so, and where. Safe for use by many threads.
 */
final class DurableAuditLog implements AuditLog {

    /** How many records are checked at each start; the whole only when asked for. */
    static final int TAIL = 1_000;

    private static final int MOST_TOLD = 20;
    private static final Logger LOG = LoggerFactory.getLogger(DurableAuditLog.class);

    private final Storage storage;
    private final ChainCheck chain;
    private final AgentRun run;
    private final AgentKey key;
    private final Checkpoints checkpoints;
    private final Floods floods = new Floods();
    private final Upkeep.Work work;
    private final Upkeep upkeep;
    private final InstantSource clock;
    private final Adoption adoption;
    private final BreakGlassReserve reserve;
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
        this.last = warned(chain.tail(TAIL));
        Optional<String> gap = run.begin(version);
        gap.ifPresent(from -> LOG.warn("the agent had not stopped in order; gap since {}", from));
        this.adoption = new Adoption(storage, new SpoolFolder(spool));
        this.notAdopted = adoption.run();
        this.reserve = new BreakGlassReserve(spool);
        this.records = storage.auditHead().map(AuditEntry::seq).orElse(0L);
        // What the last run left unsigned is signed with the first of this one.
        checkpoints.note(1);
        this.work = new Order(store, rules, watch);
        this.upkeep = new Upkeep(work, clock);
    }

    /** Begins to keep it in order. */
    void start() {
        upkeep.start();
    }

    Upkeep.Work work() {
        return work;
    }

    @Override
    public List<AuditEntry> commit(Change change) throws StorageException {
        List<AuditDraft> summaries = new ArrayList<>();
        boolean admitted = floods.admits(change, clock.instant(), summaries);
        for (AuditDraft summary : summaries) {
            written(Change.record(summary));
        }
        return admitted ? written(change) : List.of();
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

    /** What the upkeep does. */
    private final class Order implements Upkeep.Work {
        private final StoreCare store;
        private final Retention.Rules rules;
        private final Retention retention;
        private final ClockWatch watch;

        Order(StoreCare store, Retention.Rules rules, ClockWatch watch) {
            this.store = store;
            this.rules = rules;
            this.watch = watch;
            this.retention = new Retention(storage, store, checkpoints, rules);
        }

        @Override
        public void everySecond(Instant now) throws StorageException {
            Optional<AuditDraft> jump = watch.look(now);
            if (jump.isPresent()) {
                written(Change.record(jump.get()));
            }
            summarise(now, false);
            checkpoints.sign(now);
        }

        @Override
        public void everyMinute() throws StorageException {
            // Somebody may have broken the glass meanwhile.
            notAdopted =
                    Stream.concat(notAdopted.stream(), adoption.run().stream())
                            .distinct()
                            .limit(MOST_TOLD)
                            .toList();
            reserve.prepare();
            retention.makeRoom();
            StoreCare.Room room = store.room();
            floods.adjust((double) room.used() / rules.bytes(), room.reserveUsed());
        }

        @Override
        public void everyHour(Instant now) throws StorageException {
            retention.run(now);
        }
    }

    private void summarise(Instant now, boolean all) throws StorageException {
        for (AuditDraft summary : floods.ended(now, all)) {
            written(Change.record(summary));
        }
    }

    @Override
    public List<AuditEntry> query(AuditQuery query) throws StorageException {
        return storage.audit(query);
    }

    @Override
    public Verification verify(Optional<AuditPlace> anchor) throws StorageException {
        last = warned(chain.whole(anchor));
        return last;
    }

    /** What the agent's signatures are checked with. */
    PublicKey key() {
        return key.shown();
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
        upkeep.close();
        try {
            summarise(clock.instant(), true);
            run.end();
            checkpoints.note(1);
            checkpoints.signNow();
        } catch (StorageException e) {
            LOG.error("the stop is not on record: {}", e.getMessage());
        }
    }
}
