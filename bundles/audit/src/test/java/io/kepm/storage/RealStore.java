package io.kepm.storage;

import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
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

        @Override
        void close();
    }

    public static Closing open(Path folder) throws StorageException {
        SqliteStorage storage =
                SqliteStorage.open(folder, Optional.empty(), "0.1.0", InstantSource.system());
        return new Closing() {
            @Override
            public Storage storage() {
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
