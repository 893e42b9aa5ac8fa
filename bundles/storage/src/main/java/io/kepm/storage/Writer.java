package io.kepm.storage;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.storage.StorageException;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The single writer: one thread that owns the database. It takes every change that waits (up to
 * {@link WorkQueue#MOST_AT_ONCE}), commits them with one sync, and only then answers their callers.
 * Between two batches it serves one read. It moves the WAL into the database when nobody has asked
 * for anything for a second, or for a moment when it is long, and in any case before it is too
 * long; callers have their answer by then.
 */
final class Writer implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Writer.class);
    private static final long IDLE_MILLIS = 1_000;
    private static final long PAUSE_MILLIS = 20;
    // A commit writes some 3 pages: half of 1,000 pages, SQLite's own measure. From here on the
    // first
    // short pause will do.
    private static final int COMMITS_BEFORE_A_PAUSE = 160;
    // Whoever comes meanwhile waits for it: with two commits a decision, one of more than 300.
    private static final int COMMITS_BETWEEN_CHECKPOINTS = 640;
    private static final int RECORDS_BETWEEN_CHECKPOINTS = 4_000;
    // Some 6 ms of work, for whoever comes meanwhile.
    private static final int MOST_UNSEARCHABLE = 512;

    private final StoreTables tables;
    private final WorkQueue queue;
    private final BatchCommit.Agent agent;
    private final RecordIds ids;
    private final InstantSource clock;
    private final StoreCondition condition;
    private final Reserve reserve;
    private final CommitTally tally;
    private volatile Head head;
    private int commits;
    private int records;

    Writer(
            StoreTables tables,
            WorkQueue queue,
            BatchCommit.Agent agent,
            RecordIds ids,
            InstantSource clock,
            StoreCondition condition,
            Reserve reserve,
            CommitTally tally,
            Head head) {
        this.tables = tables;
        this.queue = queue;
        this.agent = agent;
        this.ids = ids;
        this.clock = clock;
        this.condition = condition;
        this.reserve = reserve;
        this.tally = tally;
        this.head = head;
    }

    /** Where the store stands on disk; safe for use by many threads. */
    Head head() {
        return head;
    }

    @Override
    public void run() {
        while (true) {
            try {
                WorkQueue.Work work = queue.take(patience());
                if (work.closing() && work.isEmpty()) {
                    break;
                }
                if (!work.changes().isEmpty()) {
                    commit(work.changes());
                }
                work.read().ifPresent(Runnable::run);
                if (isCheckpointDue(work)) {
                    makeSearchable(1);
                    checkpoint();
                } else {
                    makeSearchable(MOST_UNSEARCHABLE);
                }
            } catch (InterruptedException e) {
                // Nobody interrupts this thread; it ends when the queue is closed.
            } catch (RuntimeException | Error e) {
                LOG.error("the writer goes on after a fault outside of a commit", e);
            }
        }
        close();
    }

    private long patience() {
        if (commits == 0) {
            return Long.MAX_VALUE >> 24;
        }
        return commits < COMMITS_BEFORE_A_PAUSE ? IDLE_MILLIS : PAUSE_MILLIS;
    }

    private boolean isCheckpointDue(WorkQueue.Work work) {
        boolean isLong =
                commits >= COMMITS_BETWEEN_CHECKPOINTS || records >= RECORDS_BETWEEN_CHECKPOINTS;
        return isLong || (commits > 0 && work.isEmpty());
    }

    /** Once so many records wait for it. */
    private void makeSearchable(int least) {
        if (condition.broken().isPresent()) {
            return;
        }
        try {
            if (tables.audit().waiting(head.seq()) >= least) {
                tables.audit().makeSearchable(head.seq());
            }
        } catch (SQLException e) {
            failed(e);
        }
    }

    private void commit(List<Pending> changes) {
        if (condition.broken().isPresent()) {
            failAll(changes, new StorageException(condition.broken().get()));
            return;
        }
        Optional<Outcome> outcome = written(changes, true);
        outcome.ifPresent(
                known -> {
                    known.refused().forEach(Pending::fail);
                    known.done().forEach(Pending::done);
                });
    }

    /** What became of each change of a batch that is on disk. */
    private record Outcome(
            Map<Pending, List<AuditEntry>> done, Map<Pending, StorageException> refused) {}

    /** Empty when the whole batch failed, and its callers were told. */
    private Optional<Outcome> written(List<Pending> changes, boolean mayMakeRoom) {
        try {
            return Optional.of(attempt(changes));
        } catch (SQLException | GeneralSecurityException | RuntimeException | Error e) {
            if (mayMakeRoom && e instanceof SQLException sql && Database.isFull(sql)) {
                StorageException why = failed(e);
                if (condition.broken().isEmpty() && reserve.release()) {
                    return written(changes, false);
                }
                failAll(changes, why);
            } else {
                failAll(changes, failed(e));
            }
            return Optional.empty();
        }
    }

    private Outcome attempt(List<Pending> changes) throws SQLException, GeneralSecurityException {
        long begun = System.nanoTime();
        Map<Pending, List<AuditEntry>> done = new LinkedHashMap<>();
        Map<Pending, StorageException> refused = new LinkedHashMap<>();
        tables.database().run("BEGIN IMMEDIATE");
        BatchCommit batch = new BatchCommit(tables, agent, ids, clock.instant(), head);
        for (Pending pending : changes) {
            try {
                done.put(pending, pending.step().into(batch));
            } catch (StorageException e) {
                refused.put(pending, e);
            }
        }
        if (done.isEmpty()) {
            tables.database().run("ROLLBACK");
            return new Outcome(done, refused);
        }
        Head after = batch.head();
        tables.heads().store(after);
        tables.database().run("COMMIT");
        records += (int) (after.seq() - head.seq());
        commits++;
        head = after;
        tally.committed(System.nanoTime() - begun);
        if (condition.markWell()) {
            LOG.warn("records are written again");
        }
        return new Outcome(done, refused);
    }

    /** Takes the batch back, and finds out where the store stands now. */
    private StorageException failed(Throwable cause) {
        tally.failed();
        tables.database().rollback();
        String why =
                cause instanceof SQLException sql
                        ? tables.database().explain(sql)
                        : "fault in the writer: " + cause;
        if (condition.failing().isEmpty()) {
            // Once: a log that grows with every refusal is the last thing a full disk needs.
            LOG.error("nothing can be recorded, and elevation is refused: {}", why);
        }
        LOG.debug("commit failed", cause);
        condition.markFailing(why);
        if (cause instanceof SQLException sql && !Database.isPassing(sql)) {
            markBroken(why);
            if (!isDropped()) {
                return new StorageException(
                        why + "; it may still be found on record at the next start", cause);
            }
        } else {
            try {
                head = tables.heads().load();
            } catch (SQLException | StorageException | RuntimeException e) {
                markBroken(why + "; then: " + e.getMessage());
            }
        }
        return new StorageException(why, cause);
    }

    /** Whether what failed is out of the WAL; a disk that takes nothing more does not let it go. */
    private boolean isDropped() {
        try {
            tables.database().dropFailedCommit();
            return true;
        } catch (SQLException e) {
            LOG.error(
                    "changes that were refused may be found recorded at the next start: {}",
                    tables.database().explain(e));
            return false;
        }
    }

    private void markBroken(String why) {
        condition.markBroken(
                why + ": nothing more is written until the agent is restarted on a sound disk");
    }

    private void checkpoint() {
        commits = 0;
        records = 0;
        try {
            tables.database().checkpoint();
        } catch (SQLException e) {
            String why = tables.database().explain(e);
            LOG.error("checkpoint failed: {}", why, e);
            if (Database.isPassing(e)) {
                condition.markFailing(why);
            } else {
                markBroken(why);
            }
        }
    }

    private void close() {
        try {
            tables.database().close();
        } catch (SQLException e) {
            LOG.error("the store did not close well: {}", tables.database().explain(e), e);
        }
    }

    private static void failAll(List<Pending> changes, StorageException why) {
        new ArrayList<>(changes).forEach(pending -> pending.fail(why));
    }
}
