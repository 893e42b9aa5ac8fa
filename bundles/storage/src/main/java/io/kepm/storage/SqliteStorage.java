package io.kepm.storage;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditPart;
import io.kepm.api.audit.AuditPlace;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.health.HealthCheck.Health;
import io.kepm.api.metrics.Metric;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.StoreCare;
import io.kepm.api.storage.Table;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store on SQLite. Every call hands its part to the single {@link Writer} and waits; opening of
 * what was read happens on the caller's own thread, so that it costs no decision its time. Safe for
 * use by many threads.
 */
final class SqliteStorage implements Storage, StoreCare, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SqliteStorage.class);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);
    private static final Duration LONGEST_SEARCH = Duration.ofSeconds(2);
    private static final long LARGEST_PART = 4 << 20;
    private static final int LONGEST_KEY = 256;
    private static final int LARGEST_VALUE = 16 << 20;
    private static final String AGENT_UID = "agent_uid";

    private final WorkQueue queue = new WorkQueue();
    private final StoreCondition condition = new StoreCondition();
    private final CommitTally tally = new CommitTally();
    private final StoreFolder folder;
    private final StoreLock lock;
    private final StoreTables tables;
    private final MasterKey custody;
    private final SecureRandom random;
    private final Reserve reserve;
    private final String agentUid;
    private final Writer writer;
    private final Thread thread;

    /** What a read does on the writer's thread. */
    interface Read<T> {
        T from(StoreTables tables) throws SQLException, StorageException;
    }

    /** As {@link StoreOpening#open}, for a store whose settings name no master key. */
    static SqliteStorage open(
            Path path, Optional<Path> credentials, String version, InstantSource clock)
            throws StorageException {
        return StoreOpening.open(path, credentials, Optional::empty, version, clock);
    }

    /** Every decision waits for its record; the launcher makes a nice value of the priority. */
    @SuppressWarnings("ThreadPriorityCheck")
    private static Thread thread(Writer writer) {
        Thread thread = new Thread(writer, "kepm-storage-writer");
        thread.setDaemon(true);
        thread.setPriority(Thread.MAX_PRIORITY);
        return thread;
    }

    /** Takes over what was opened; {@link #close} gives all of it back. */
    SqliteStorage(
            StoreFolder folder,
            StoreLock lock,
            StoreTables tables,
            MasterKey custody,
            SecureRandom random,
            String version,
            List<Mutation> notes,
            InstantSource clock)
            throws SQLException, StorageException, GeneralSecurityException {
        this.folder = folder;
        this.lock = lock;
        this.tables = tables;
        this.custody = custody;
        this.random = random;
        this.reserve = new Reserve(folder);
        RecordIds ids = new RecordIds(random);
        Head head = tables.heads().load();
        tables.heads().checkRecords(head);
        tables.heads().checkItems(head, tables.items(), tables.itemSealer(), tables.hashes());
        byte[] uidRow = tables.itemSealer().id(Table.AGENT_STATE, AGENT_UID);
        Optional<ItemTable.Item> known = tables.items().find(Table.AGENT_STATE, uidRow);
        String uid =
                known.isPresent()
                        ? utf8(tables.itemSealer().open(Table.AGENT_STATE, known.get()).value())
                        : ids.next(clock.millis()).toString();
        this.agentUid = uid;
        this.writer =
                new Writer(
                        tables,
                        queue,
                        new BatchCommit.Agent(uid, version),
                        ids,
                        clock,
                        condition,
                        reserve,
                        tally,
                        head);
        this.thread = thread(writer);
        thread.start();
        if (known.isEmpty()) {
            commit(
                    new Change(
                            List.of(new Mutation.Put(Table.AGENT_STATE, AGENT_UID, utf8(uid))),
                            List.of()));
        }
        commit(new Change(notes, List.of()));
    }

    @Override
    public List<AuditEntry> commit(Change change) throws StorageException {
        if (change.mutations().isEmpty() && change.drafts().isEmpty()) {
            return List.of();
        }
        for (Mutation mutation : change.mutations()) {
            check(mutation);
        }
        return written(batch -> batch.add(change));
    }

    private List<AuditEntry> written(Pending.Step step) throws StorageException {
        Pending pending = new Pending(step);
        queue.add(pending);
        return pending.await(LONGEST_WAIT);
    }

    @Override
    public AuditEntry follow(NextRecord record, Optional<AuditPlace> removed)
            throws StorageException {
        return written(batch -> batch.add(new Following(record, removed))).get(0);
    }

    @Override
    public AuditPlace auditBase() {
        return writer.head().base();
    }

    @Override
    public Room room() throws StorageException {
        reserve.refill();
        long used = read(tables -> tables.database().used());
        return new Room(used, folder.free(), reserve.isUsed());
    }

    @Override
    public synchronized List<String> rotateKeys() throws StorageException {
        return new KeyRotation(tables, custody).run(this::written);
    }

    @Override
    public long backup(Path file) throws StorageException {
        return new Backup(this).to(file);
    }

    @Override
    public List<String> faults() throws StorageException {
        return new StoreCheck(this).run();
    }

    private static void check(Mutation mutation) throws StorageException {
        int length = mutation.key().length();
        if (length < 1 || length > LONGEST_KEY) {
            throw new StorageException(
                    "a key of %d characters: 1 to %d are allowed".formatted(length, LONGEST_KEY));
        }
        int size =
                mutation instanceof Mutation.Put put
                        ? put.value().length
                        : mutation instanceof Mutation.Create create ? create.value().length : 0;
        if (size > LARGEST_VALUE) {
            throw new StorageException(
                    "a value of %d bytes: at most %d are allowed".formatted(size, LARGEST_VALUE));
        }
    }

    @Override
    public Optional<byte[]> get(Table table, String key) throws StorageException {
        ItemSealer sealer = itemSealer();
        byte[] id = sealer.id(table, key);
        Optional<ItemTable.Item> item = read(tables -> tables.items().find(table, id));
        return item.isPresent()
                ? Optional.of(sealer.open(table, item.get()).value())
                : Optional.empty();
    }

    @Override
    public Map<String, byte[]> list(Table table) throws StorageException {
        ItemSealer sealer = itemSealer();
        Map<String, byte[]> values = new TreeMap<>();
        for (ItemTable.Item item : read(tables -> tables.items().list(table))) {
            ItemSealer.Opened opened = sealer.open(table, item);
            values.put(opened.key(), opened.value());
        }
        return values;
    }

    @Override
    public List<AuditEntry> audit(AuditQuery query) throws StorageException {
        return found(query, AuditSearch.Bounds.NONE).entries();
    }

    @Override
    public AuditPart auditSearch(AuditQuery query) throws StorageException {
        long end = System.nanoTime() + LONGEST_SEARCH.toNanos();
        return found(
                query, new AuditSearch.Bounds(() -> System.nanoTime() - end >= 0, LARGEST_PART));
    }

    /** As much of an answer as is found within the bounds. */
    AuditPart found(AuditQuery query, AuditSearch.Bounds bounds) throws StorageException {
        AuditSealer sealer = auditSealer();
        AuditSearch.Found found = new AuditSearch(this, query, bounds).run();
        List<AuditEntry> entries = new ArrayList<>(found.rows().size());
        for (AuditRow row : found.rows()) {
            entries.add(sealer.entry(row));
        }
        return new AuditPart(entries, found.next());
    }

    /**
     * {@inheritDoc} The place and hash are those that the last commit wrote down apart from the
     * records. Where the record itself is gone, its text is empty.
     */
    @Override
    public Optional<AuditEntry> auditHead() throws StorageException {
        Head head = writer.head();
        if (head.seq() == 0) {
            return Optional.empty();
        }
        List<AuditEntry> last = audit(AuditQuery.after(head.seq() - 1, 1));
        return Optional.of(
                !last.isEmpty() && last.get(0).hash().equals(head.hash())
                        ? last.get(0)
                        : new AuditEntry(head.seq(), java.time.Instant.EPOCH, "", "", head.hash()));
    }

    @Override
    public String agentUid() {
        return agentUid;
    }

    /** As {@link #read}, of something that is led by an index: no record is missing there then. */
    <T> T search(Read<T> read) throws StorageException {
        return read(
                tables -> {
                    tables.audit().makeSearchable(writer.head().seq());
                    return read.from(tables);
                });
    }

    /** Runs on the writer's thread, between two batches. */
    <T> T read(Read<T> read) throws StorageException {
        CompletableFuture<T> result = new CompletableFuture<>();
        queue.add(
                () -> {
                    try {
                        result.complete(read.from(tables));
                    } catch (SQLException e) {
                        tables.database().forgetStatements();
                        result.completeExceptionally(
                                new StorageException(tables.database().explain(e), e));
                    } catch (StorageException | RuntimeException | Error e) {
                        result.completeExceptionally(e);
                    }
                });
        try {
            return result.get(LONGEST_WAIT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new StorageException(String.valueOf(cause.getMessage()), cause);
        } catch (TimeoutException e) {
            throw new StorageException("the store did not answer within 30 s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException("interrupted while reading", e);
        }
    }

    /** Where the store stands on disk; does not touch the database. */
    Head head() {
        return writer.head();
    }

    /** How the store is doing; does not touch the database. */
    Health health() {
        return StoreHealth.of(condition, thread.isAlive(), reserve, writer.head());
    }

    /** The figures; does not touch the database. */
    List<Metric> metrics() {
        return StoreMetrics.of(tally, queue.depth(), writer.head(), folder);
    }

    private ItemSealer itemSealer() throws StorageException {
        try {
            return new ItemSealer(tables.keys(), new Sealer(random), new KeyedHash(tables.keys()));
        } catch (GeneralSecurityException e) {
            throw new StorageException("this Java can't decrypt: " + e, e);
        }
    }

    private AuditSealer auditSealer() throws StorageException {
        try {
            return new AuditSealer(tables.keys(), new Sealer(random), new KeyedHash(tables.keys()));
        } catch (GeneralSecurityException e) {
            throw new StorageException("this Java can't decrypt: " + e, e);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String utf8(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Lets what is queued end, then closes; the lock on the file is free afterwards. */
    @Override
    public void close() {
        queue.close();
        try {
            thread.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            LOG.error("the store is still writing and is left alone: its disk hangs");
            return;
        }
        try {
            lock.close();
        } catch (IOException e) {
            LOG.warn("the lock of the store could not be given back: {}", e.toString());
        }
    }
}
