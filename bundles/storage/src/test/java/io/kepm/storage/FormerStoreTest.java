package io.kepm.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditEntry;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Objects;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.JDBC;

/**
 * A store that an agent of the first schema wrote, kept as it was: five records of alice, and the
 * grants {@code g1} to {@code g4}; a fifth was taken away.
 */
class FormerStoreTest {

    private static final String LAST =
            "9dff4cc3b8393f0f051f2abef3b2f5c9b657962ca4f40eabf1e879e7d5a596c3";

    @TempDir private Path folder;

    @BeforeEach
    void copied() throws Exception {
        copy("kepm.db", "kepm.db", "rw-r-----");
        copy("master.key", ".master.key", "r--------");
    }

    private void copy(String resource, String name, String mode) throws Exception {
        try (InputStream in =
                Objects.requireNonNull(getClass().getResourceAsStream("schema-1/" + resource))) {
            Files.copy(in, folder.resolve(name));
        }
        Files.setPosixFilePermissions(folder.resolve(name), PosixFilePermissions.fromString(mode));
    }

    @Test
    void what_an_agent_of_the_first_schema_kept_is_all_there_and_goes_on() throws Exception {
        assertThat(version()).isEqualTo(1);
        try (SqliteStorage storage = Stores.open(folder)) {
            AuditEntry head = storage.auditHead().orElseThrow();
            assertThat(head.seq()).isEqualTo(5);
            assertThat(head.hash()).isEqualTo(LAST);
            assertThat(Stores.verify(storage)).isEqualTo("intact: 5");
            for (int i = 1; i <= 4; i++) {
                assertThat(Stores.text(storage, "g" + i)).hasValue("value " + i);
            }
            assertThat(Stores.text(storage, "g5")).isEmpty();
            storage.commit(Stores.put("g6", "new"));
        }
        assertThat(version()).isEqualTo(3);
        try (SqliteStorage storage = Stores.open(folder)) {
            assertThat(Stores.text(storage, "g6")).hasValue("new");
            assertThat(Stores.verify(storage)).isEqualTo("intact: 5");
        }
    }

    private int version() throws Exception {
        try (Connection connection =
                        new JDBC()
                                .connect(
                                        "jdbc:sqlite:" + folder.resolve("kepm.db"),
                                        new Properties());
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("PRAGMA user_version")) {
            return result.getInt(1);
        }
    }
}
