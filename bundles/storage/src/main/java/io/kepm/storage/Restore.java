package io.kepm.storage;

import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.StoreCare;
import io.kepm.api.storage.Table;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.crypto.SecretKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes over a backup that waits in {@code KeeperStorage/restore/}, before the store is opened. One
 * that does not hold is set aside, and the present store stays; what was present is kept as well.
 */
final class Restore {

    /** Where a backup waits for the next start. */
    static final String FOLDER = "restore";

    private static final String NOTE = ".restored";

    /** Told by the store itself to those who kept something in it. */
    private static final Mutation MARK =
            new Mutation.Put(Table.AGENT_STATE, StoreCare.RESTORED, new byte[] {'1'});

    private static final Logger LOG = LoggerFactory.getLogger(Restore.class);
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private final StoreFolder folder;
    private final MasterKey custody;
    private final SecureRandom random;

    Restore(StoreFolder folder, MasterKey custody, SecureRandom random) {
        this.folder = folder;
        this.custody = custody;
        this.random = random;
    }

    /** What is to be put into the store about it; nothing when nothing waits. */
    List<Mutation> adopt(Instant now) throws StorageException {
        StoreFolder waiting = new StoreFolder(folder.path().resolve(FOLDER));
        if (!waiting.hasDatabase()) {
            return told();
        }
        long records;
        try {
            records = checked(waiting);
        } catch (StorageException e) {
            LOG.error("the backup is not taken over: {}", e.getMessage());
            Path aside = folder.path().resolve(FOLDER + ".refused-" + STAMP.format(now));
            move(waiting.path(), aside);
            return List.of(note("REFUSED", String.valueOf(e.getMessage()), aside, 0, now));
        }
        Path aside = folder.path().resolve("before-restore-" + STAMP.format(now));
        Mutation note = note("OK", "the store was restored from a backup", aside, records, now);
        try {
            // First what is to be told about it: a power cut must not leave a silent roll-back.
            write(note);
            putAside(aside);
            move(waiting.database(), folder.database());
            folder.showDatabase();
            folder.sync();
            deleteIfEmpty(waiting.path());
        } catch (IOException e) {
            throw new StorageException("the backup can't be put in its place: " + e, e);
        }
        LOG.warn("the store was restored from a backup; the former one is in `{}`", aside);
        return List.of(note, MARK);
    }

    /** That what was to be told about a restore is in the store now. */
    void settle() {
        try {
            Files.deleteIfExists(note());
        } catch (IOException e) {
            LOG.warn(
                    "`{}` stays, and is told once more at the next start: {}",
                    note(),
                    e.toString());
        }
    }

    /** What an earlier start did not come to tell. */
    private List<Mutation> told() throws StorageException {
        try {
            if (!Files.isRegularFile(note(), LinkOption.NOFOLLOW_LINKS)) {
                return List.of();
            }
            byte[] json = Files.readAllBytes(note());
            return json.length == 0
                    ? List.of(MARK)
                    : List.of(
                            new Mutation.Put(
                                    Table.AGENT_STATE, SettingsTrail.SPOOL + "restore", json),
                            MARK);
        } catch (IOException e) {
            throw new StorageException("can't read `" + note() + "`: " + e, e);
        }
    }

    private void write(Mutation note) throws IOException {
        byte[] json = note instanceof Mutation.Put put ? put.value() : new byte[0];
        Path draft = note().resolveSibling(NOTE + ".new");
        Files.write(draft, json);
        try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(draft, note(), StandardCopyOption.ATOMIC_MOVE);
        folder.sync();
    }

    /**
     * Keeps what is there. The WAL goes first, also one without its database: beside another
     * database it would be taken for that one's. The key of an unfinished change goes along, since
     * what is kept may open with no other.
     */
    private void putAside(Path aside) throws IOException, StorageException {
        Files.createDirectories(aside);
        for (String name : new String[] {"kepm.db-wal", "kepm.db"}) {
            if (Files.exists(folder.path().resolve(name))) {
                move(folder.path().resolve(name), aside.resolve(name));
            }
        }
        Path next = folder.path().resolve(".master.key.next");
        if (Files.exists(next)) {
            Files.copy(
                    next,
                    aside.resolve(".master.key.next"),
                    StandardCopyOption.COPY_ATTRIBUTES,
                    StandardCopyOption.REPLACE_EXISTING);
        }
        folder.sync();
    }

    private static void deleteIfEmpty(Path folder) {
        try {
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            LOG.warn("`{}` stays: something else is in it", folder);
        }
    }

    private Path note() {
        return folder.path().resolve(NOTE);
    }

    /** How many records it holds, if it holds at all. */
    private long checked(StoreFolder waiting) throws StorageException {
        waiting.prepare();
        Database database = Database.open(waiting);
        try (database) {
            Sealer sealer = new Sealer(random);
            KeyTable keys = keyTable(database, sealer);
            Schema.migrate(database);
            StoreTables tables = StoreTables.of(database, keys, sealer);
            String state = database.text("PRAGMA quick_check(1)");
            if (!state.equals("ok")) {
                throw new StorageException("it is damaged: " + state);
            }
            Head head = tables.heads().load();
            tables.heads().checkRecords(head);
            tables.heads().checkItems(head, tables.items(), tables.itemSealer(), tables.hashes());
            return head.seq() - head.base().seq();
        } catch (SQLException e) {
            throw new StorageException(database.explain(e), e);
        } catch (GeneralSecurityException e) {
            throw new StorageException("this Java can't decrypt: " + e, e);
        }
    }

    /** A backup from before a change of keys may need the former one, if that is at hand. */
    private KeyTable keyTable(Database database, Sealer sealer)
            throws SQLException, GeneralSecurityException, StorageException {
        List<SecretKey> keys = new ArrayList<>(List.of(custody.load()));
        custody.formers().forEach(former -> keys.add(former.key()));
        for (SecretKey key : keys) {
            KeyTable table = new KeyTable(database, sealer, key, random);
            if (table.opens()) {
                return table;
            }
        }
        throw new StorageException(
                "it is sealed with another master key: put that one back as well");
    }

    private static void move(Path from, Path to) throws StorageException {
        try {
            Files.move(from, to);
        } catch (IOException e) {
            throw new StorageException("can't move `%s` to `%s`: %s".formatted(from, to, e), e);
        }
    }

    private Mutation note(String outcome, String reason, Path aside, long records, Instant now) {
        Map<String, String> details =
                Map.of("kept_in", aside.toString(), "records", Long.toString(records));
        return OpeningNote.of("restore", outcome, reason, folder, details, now);
    }
}
