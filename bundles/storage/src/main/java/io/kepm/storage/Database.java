package io.kepm.storage;

import io.kepm.api.storage.StorageException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteOpenMode;

/**
 * The one connection to SQLite, with the statements that were prepared on it. It holds the file's
 * exclusive lock from opening to closing. For use by the writer thread alone.
 */
final class Database implements AutoCloseable {

    /** Primary result codes of SQLite. */
    private static final int BUSY = 5;

    private static final int FULL = 13;
    private static final int CORRUPT = 11;
    private static final int NOT_A_DATABASE = 26;

    private final StoreFolder folder;
    private final Connection connection;
    private final Map<String, PreparedStatement> statements = new HashMap<>();

    private Database(StoreFolder folder, Connection connection) {
        this.folder = folder;
        this.connection = connection;
    }

    /**
     * Opens the file, or refuses in words when another process holds it. A lock of somebody who may
     * only read it is no obstacle.
     */
    static Database open(StoreFolder folder) throws StorageException {
        try {
            return connect(folder);
        } catch (SQLException e) {
            if ((e.getErrorCode() & 0xff) == BUSY && new ReaderLocks(folder).shakeOff()) {
                return openFreed(folder);
            }
            throw new StorageException(explain(folder, e), e);
        }
    }

    private static Database openFreed(StoreFolder folder) throws StorageException {
        try {
            Database database = connect(folder);
            folder.showDatabase();
            return database;
        } catch (SQLException e) {
            throw new StorageException(explain(folder, e), e);
        } catch (IOException e) {
            throw new StorageException("can't set the mode of `" + folder.database() + "`", e);
        }
    }

    private static Database connect(StoreFolder folder) throws SQLException {
        // Straight to the driver: DriverManager does not see across bundles.
        SQLiteConfig config = new SQLiteConfig();
        // Else the driver asks after each insert which row it was: a tenth of a commit's work.
        config.setGetGeneratedKeys(false);
        // Else SQLite takes its mutex for each column of each row: it is used by one thread.
        config.setOpenMode(SQLiteOpenMode.NOMUTEX);
        Connection connection =
                new JDBC().connect("jdbc:sqlite:" + folder.database(), config.toProperties());
        Database database = new Database(folder, connection);
        try {
            database.configure();
            return database;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private void configure() throws SQLException {
        // Before the first access to the WAL: then SQLite keeps its index in memory, and the lock.
        expect("PRAGMA locking_mode=EXCLUSIVE", "exclusive");
        pragma("PRAGMA busy_timeout=2000");
        expect("PRAGMA journal_mode=WAL", "wal");
        pragma("PRAGMA synchronous=FULL");
        expect("PRAGMA synchronous", "2");
        // The writer moves the WAL into the database itself, when nobody waits for it.
        pragma("PRAGMA wal_autocheckpoint=0");
        pragma("PRAGMA cache_size=-8192");
        pragma("PRAGMA temp_store=MEMORY");
        pragma("PRAGMA trusted_schema=OFF");
        pragma("PRAGMA cell_size_check=ON");
        run("BEGIN EXCLUSIVE");
        run("COMMIT");
    }

    /** A statement, prepared at its first use. */
    PreparedStatement prepared(String sql) throws SQLException {
        PreparedStatement statement = statements.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            statements.put(sql, statement);
        }
        return statement;
    }

    /** A statement that the caller closes after one use. */
    PreparedStatement once(String sql) throws SQLException {
        return connection.prepareStatement(sql);
    }

    void run(String sql) throws SQLException {
        prepared(sql).execute();
    }

    /** Takes back what is open; SQLite may already have done so by itself. */
    void rollback() {
        forgetStatements();
        try (Statement statement = connection.createStatement()) {
            statement.execute("ROLLBACK");
        } catch (SQLException e) {
            // "no transaction is active": what matters is the state that is read afterwards.
        }
    }

    /** After a failure: the driver has ended the statement that failed, without saying which. */
    void forgetStatements() {
        for (PreparedStatement statement : statements.values()) {
            try {
                statement.close();
            } catch (SQLException e) {
                // Gone already.
            }
        }
        statements.clear();
    }

    /** The one number that a query answers with. */
    long number(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            return result.next() ? result.getLong(1) : 0;
        }
    }

    /** The one text that a query answers with. */
    String text(String sql) throws SQLException {
        List<Object[]> rows = rows(sql);
        return rows.isEmpty() ? "" : String.valueOf(rows.get(0)[0]);
    }

    /** All rows of a query, for tables that stay small. */
    List<Object[]> rows(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            int columns = result.getMetaData().getColumnCount();
            List<Object[]> rows = new ArrayList<>();
            while (result.next()) {
                Object[] row = new Object[columns];
                for (int i = 0; i < columns; i++) {
                    row[i] = result.getObject(i + 1);
                }
                rows.add(row);
            }
            return rows;
        }
    }

    /** Runs a script of statements, each ending with a semicolon at the end of a line. */
    void script(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String part : sql.split(";\\s*\\n", -1)) {
                if (!part.isBlank()) {
                    statement.execute(part);
                }
            }
        }
    }

    /**
     * After a commit failed on its way to disk: its pages may stand whole in the WAL, and would
     * come to life when the agent were killed now. Moves what was committed before them into the
     * database and empties the WAL.
     */
    void dropFailedCommit() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
    }

    /** Bytes of the pages that hold something. */
    long used() throws SQLException {
        return (number("PRAGMA page_count") - number("PRAGMA freelist_count"))
                * number("PRAGMA page_size");
    }

    /** Moves what the WAL holds into the database. */
    void checkpoint() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA wal_checkpoint(PASSIVE)");
        }
    }

    private void pragma(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void expect(String sql, String wanted) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            String got = result.next() ? result.getString(1) : "nothing";
            if (!wanted.equals(got)) {
                throw new SQLException("`" + sql + "` answered `" + got + "`");
            }
        }
    }

    /** Whether a failure leaves the file as it was, so that a later attempt may succeed. */
    static boolean isPassing(SQLException e) {
        int code = e.getErrorCode() & 0xff;
        return code == FULL || code == BUSY;
    }

    static boolean isFull(SQLException e) {
        return (e.getErrorCode() & 0xff) == FULL;
    }

    String explain(SQLException e) {
        return explain(folder, e);
    }

    private static String explain(StoreFolder folder, SQLException e) {
        return switch (e.getErrorCode() & 0xff) {
            case BUSY ->
                    ("`%s` is in use by another process: is a second agent running? `fuser -v %s`"
                                    + " shows who")
                            .formatted(folder.database(), folder.database());
            case FULL ->
                    "no space left for `%s`: free some on its file system"
                            .formatted(folder.database());
            case CORRUPT, NOT_A_DATABASE ->
                    "`%s` is damaged (%s): restore it from a backup"
                            .formatted(folder.database(), e.getMessage());
            default -> "`%s`: %s".formatted(folder.database(), e.getMessage());
        };
    }

    @Override
    public void close() throws SQLException {
        forgetStatements();
        connection.close();
    }
}
