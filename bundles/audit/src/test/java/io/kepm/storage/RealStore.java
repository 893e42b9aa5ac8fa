package io.kepm.storage;

import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.StoreCare;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Properties;
import org.sqlite.JDBC;

/** The real store for tests of the audit, and a hand that reaches into it from outside. */
public final class RealStore {

    private RealStore() {}

    /** A store that is closed after use. */
    public interface Closing extends AutoCloseable {
        Storage storage();

        StoreCare care();

        @Override
        void close();
    }

    public static Closing open(Path folder) throws StorageException {
        return open(folder, InstantSource.system());
    }

    public static Closing open(Path folder, InstantSource clock) throws StorageException {
        SqliteStorage storage = SqliteStorage.open(folder, Optional.empty(), "0.1.0", clock);
        return new Closing() {
            @Override
            public Storage storage() {
                return storage;
            }

            @Override
            public StoreCare care() {
                return storage;
            }

            @Override
            public void close() {
                storage.close();
            }
        };
    }

    public static void tamper(Path folder, String... statements) throws SQLException {
        try (Connection connection =
                        new JDBC()
                                .connect(
                                        "jdbc:sqlite:" + folder.resolve("kepm.db"),
                                        new Properties());
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
