package io.kepm.storage;

import io.kepm.api.audit.AuditQuery;
import io.kepm.api.storage.StorageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.JDBC;

/**
 * A copy of the store as it is at one moment, made while the agent works. Records are only ever
 * added, so they are copied a page at a time; the rest (small) and the last records are taken
 * together, between two commits. Rows are copied as they stand, sealed.
 */
final class Backup {

    private static final Logger LOG = LoggerFactory.getLogger(Backup.class);
    private static final int PAGE = 250;

    private final SqliteStorage storage;
    private final DiskSpace.Room room;
    private final Names names;

    /** Makes the names in a folder durable. */
    interface Names {
        void sync(Path folder) throws IOException;
    }

    Backup(SqliteStorage storage) {
        this(storage, folder -> Files.getFileStore(folder).getUsableSpace(), Backup::sync);
    }

    Backup(SqliteStorage storage, DiskSpace.Room room, Names names) {
        this.storage = storage;
        this.room = room;
        this.names = names;
    }

    /** What does not grow without end, and the records since the last page. */
    private record Rest(
            long version,
            byte[] head,
            long base,
            List<Object[]> keys,
            List<Object[]> items,
            List<AuditRow> records) {}

    /** How many records the copy holds. */
    long to(Path file) throws StorageException {
        Path draft = file.resolveSibling(file.getFileName() + ".part");
        Path folder = checkPlace(file);
        checkRoom(file, folder);
        try {
            boolean isLasting = isLasting(folder);
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                throw new FileAlreadyExistsException(file.toString());
            }
            create(draft);
            long records = copied(draft);
            try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(draft, file);
            if (isLasting) {
                settle(file, folder);
            }
            return records;
        } catch (FileAlreadyExistsException e) {
            throw new StorageException("`" + e.getFile() + "` is there already", e);
        } catch (IOException | SQLException e) {
            delete(draft);
            throw new StorageException("can't write the backup `" + file + "`: " + e, e);
        } catch (StorageException | RuntimeException e) {
            delete(draft);
            throw e;
        }
    }

    private static void sync(Path folder) throws IOException {
        try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
            names.force(true);
        }
    }

    /**
     * Whether names in the folder can be made durable. Some file systems, of a network above all,
     * know no sync of a folder: the content of the backup is synced there all the same. It is asked
     * before anything is written: what fails only later is a fault of the disk.
     */
    private boolean isLasting(Path folder) {
        try {
            names.sync(folder);
            return true;
        } catch (IOException e) {
            LOG.warn(
                    "the file system of `{}` can't make names durable ({}): look for the backup in"
                            + " it again after a power failure",
                    folder,
                    e.getMessage());
            return false;
        }
    }

    /** What was said to be made is there after a power failure, too. */
    private void settle(Path file, Path folder) throws StorageException {
        try {
            names.sync(folder);
        } catch (IOException e) {
            throw new StorageException(
                    ("`%s` is whole, but it may be gone after a power failure (%s): look at the"
                                    + " disk, and make another backup elsewhere")
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    /** Nobody else may be able to put another file in the place of the one we write. */
    private static Path checkPlace(Path file) throws StorageException {
        Path parent = file.toAbsolutePath().getParent();
        // The driver reads what follows a `?` as options of its own.
        if (parent == null || file.toString().indexOf('?') >= 0) {
            throw new StorageException("`" + file + "` can't be the name of a backup");
        }
        try {
            Optional<String> fault = Ownership.writableByOthers(parent.toRealPath());
            if (fault.isPresent()) {
                throw new StorageException(
                        "others could change a backup there: "
                                + fault.get()
                                + ", or choose another");
            }
            return parent;
        } catch (IOException e) {
            throw new StorageException("can't use the folder `" + parent + "`: " + e, e);
        }
    }

    /** A backup must not be what fills the disk that records need. */
    private void checkRoom(Path file, Path folder) throws StorageException {
        long needed = storage.room().used() + DiskSpace.LOW_WATER;
        try {
            long free = room.at(folder);
            if (free < needed) {
                throw new StorageException(
                        "only %d MiB are free for `%s`, and %d are needed: choose another place"
                                .formatted(free >> 20, file, needed >> 20));
            }
        } catch (IOException e) {
            throw new StorageException("can't tell the free space for `" + file + "`: " + e, e);
        }
    }

    private static void create(Path draft) throws IOException {
        Files.createFile(
                draft,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    private static void delete(Path draft) {
        try {
            Files.deleteIfExists(draft);
        } catch (IOException e) {
            // It is named `.part`: nobody takes it for a backup.
        }
    }

    private long copied(Path draft) throws SQLException, StorageException {
        try (Connection copy = new JDBC().connect("jdbc:sqlite:" + draft, new Properties());
                Statement statement = copy.createStatement()) {
            statement.execute("PRAGMA journal_mode=OFF");
            statement.execute("PRAGMA synchronous=OFF");
            for (String sql : storage.read(Backup::schema)) {
                statement.execute(sql);
            }
            copy.setAutoCommit(false);
            long last = copyPages(copy);
            long after = last;
            Rest rest = storage.read(tables -> rest(tables, after));
            insert(copy, rest.records());
            fill(copy, "INSERT INTO data_key (id, purpose, wrapped) VALUES (?, ?, ?)", rest.keys());
            fill(copy, "INSERT INTO item (kind, id, value) VALUES (?, ?, ?)", rest.items());
            fill(
                    copy,
                    "INSERT INTO head (id, body) VALUES (?, ?)",
                    List.<Object[]>of(new Object[] {1, rest.head()}));
            // Some of them may have been removed meanwhile.
            statement.execute("DELETE FROM audit WHERE seq <= " + rest.base());
            copy.commit();
            copy.setAutoCommit(true);
            statement.execute("PRAGMA user_version=" + rest.version());
            try (ResultSet state = statement.executeQuery("PRAGMA quick_check(1)")) {
                if (!state.next() || !"ok".equals(state.getString(1))) {
                    throw new SQLException("the copy does not hold: " + state.getString(1));
                }
            }
            try (ResultSet count = statement.executeQuery("SELECT count(*) FROM audit")) {
                return count.next() ? count.getLong(1) : 0;
            }
        }
    }

    private long copyPages(Connection copy) throws SQLException, StorageException {
        long last = 0;
        while (true) {
            long after = last;
            List<AuditRow> rows =
                    storage.read(
                            tables ->
                                    tables.audit()
                                            .select(
                                                    AuditQuery.after(after, PAGE),
                                                    tables.hashes()));
            if (rows.size() < PAGE) {
                return last;
            }
            insert(copy, rows);
            last = rows.get(rows.size() - 1).seq();
        }
    }

    private static List<String> schema(StoreTables tables) throws SQLException {
        List<String> statements = new ArrayList<>();
        for (Object[] row :
                tables.database().rows("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")) {
            statements.add((String) row[0]);
        }
        statements.add(
                "PRAGMA application_id=" + tables.database().number("PRAGMA application_id"));
        return statements;
    }

    private static Rest rest(StoreTables tables, long after) throws SQLException, StorageException {
        Database database = tables.database();
        Head head = tables.heads().load();
        List<AuditRow> records = new ArrayList<>();
        long last = after;
        while (last < head.seq()) {
            List<AuditRow> page =
                    tables.audit().select(AuditQuery.after(last, PAGE), tables.hashes());
            if (page.isEmpty()) {
                break;
            }
            records.addAll(page);
            last = page.get(page.size() - 1).seq();
        }
        List<Object[]> heads = database.rows("SELECT body FROM head WHERE id = 1");
        return new Rest(
                database.number("PRAGMA user_version"),
                heads.isEmpty() ? new byte[0] : (byte[]) heads.get(0)[0],
                head.base().seq(),
                database.rows("SELECT id, purpose, wrapped FROM data_key"),
                database.rows("SELECT kind, id, value FROM item"),
                records);
    }

    private static void insert(Connection copy, List<AuditRow> rows) throws SQLException {
        List<Object[]> values = new ArrayList<>(rows.size());
        for (AuditRow row : rows) {
            values.add(
                    new Object[] {
                        row.seq(),
                        row.time(),
                        row.type(),
                        row.account(),
                        row.target(),
                        row.request(),
                        row.body()
                    });
        }
        fill(copy, AuditTable.INSERT_SEARCHABLE, values);
    }

    private static void fill(Connection copy, String sql, List<Object[]> rows) throws SQLException {
        try (PreparedStatement insert = copy.prepareStatement(sql)) {
            for (Object[] row : rows) {
                for (int i = 0; i < row.length; i++) {
                    insert.setObject(i + 1, row[i]);
                }
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }
}
