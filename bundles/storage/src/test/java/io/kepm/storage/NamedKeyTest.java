package io.kepm.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The master key in a file that the settings name, and on its way from place to place. */
class NamedKeyTest {

    private static final String OWN = ".master.key";

    @TempDir Path temp;
    private Path store = Path.of("/");
    private Path keys = Path.of("/");

    @BeforeEach
    void folders() throws IOException {
        store = temp.resolve("KeeperStorage");
        keys = Files.createDirectory(temp.resolve("keys"));
        Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rwxr-x---"));
    }

    @Test
    void a_store_that_begins_with_a_named_file_has_no_key_beside_it() throws Exception {
        name(key("a", "aa"));
        try (SqliteStorage storage = open()) {
            storage.commit(Stores.put("x", "value"));
        }
        assertThat(store.resolve(OWN)).doesNotExist();
        try (SqliteStorage storage = open()) {
            assertThat(Stores.text(storage, "x")).contains("value");
            assertThat(storage.rotateKeys().toString())
                    .contains("the file `" + keys.resolve("a") + "`, unchanged")
                    .contains("data key 6 for settings (in use)");
        }
        try (SqliteStorage storage = open()) {
            assertThat(Stores.text(storage, "x")).contains("value");
        }
    }

    @Test
    void ab_110_a_named_file_that_is_missing_is_said_and_no_key_is_made() throws Exception {
        Path key = key("a", "aa");
        name(key);
        assertThat(Files.deleteIfExists(key)).isTrue();
        assertThatThrownBy(this::open)
                .as("without a store")
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("`" + key + "` does not exist")
                .hasMessageContaining("Settings/Storage/KeyFile")
                .hasMessageContaining("elevation is refused");
        assertThat(store.resolve("kepm.db")).doesNotExist();
        key("a", "aa");
        open().close();
        Files.delete(key);
        assertThatThrownBy(this::open)
                .as("with a store")
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("`" + key + "` does not exist");
        name("");
        assertThatThrownBy(this::open)
                .as("no longer named")
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("is missing, and")
                .hasMessageContaining("name it again in `appsettings.json`");
        assertThat(store.resolve(OWN)).doesNotExist();
        key("a", "bb");
        name(key);
        assertThatThrownBy(this::open)
                .as("another key")
                .hasMessageContaining("the master key is not this store's");
    }

    @Test
    void ab_110_a_file_that_others_could_read_or_exchange_is_no_key() throws Exception {
        Path key = key("a", "aa");
        name(key);
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("r--r-----"));
        assertThatThrownBy(this::open).hasMessageContaining("run `chmod 0400 " + key + "`");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("r--------"));
        Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatThrownBy(this::open).hasMessageContaining("run `chmod 0755 " + keys + "`");
        Path link = Files.createSymbolicLink(temp.resolve("link"), key);
        name(link);
        assertThatThrownBy(this::open)
                .as("where a link leads")
                .hasMessageContaining("run `chmod 0755 " + keys + "`");
        Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rwxr-x---"));
        open().close();
        name(keys);
        assertThatThrownBy(this::open).hasMessageContaining("is not a regular file");
        name(Files.writeString(keys.resolve("b"), "short"));
        Files.setPosixFilePermissions(
                keys.resolve("b"), PosixFilePermissions.fromString("r--------"));
        assertThatThrownBy(this::open)
                .hasMessageContaining("neither 32 bytes nor 64 hex digits")
                .hasMessageNotContaining("short");
    }

    @Test
    void the_key_moves_to_a_named_file_and_back_while_the_agent_runs() throws Exception {
        try (SqliteStorage storage = open()) {
            storage.commit(Stores.put("x", "value"));
            name(key("a", "aa"));
            assertThat(storage.rotateKeys().toString())
                    .contains("master key: now the file `" + keys.resolve("a") + "`");
            assertThat(store.resolve(OWN)).doesNotExist();
        }
        try (SqliteStorage storage = open()) {
            assertThat(Stores.text(storage, "x")).contains("value");
            name(key("b", "bb"));
            assertThat(storage.rotateKeys().toString()).contains("now the file");
            Files.delete(keys.resolve("a"));
        }
        try (SqliteStorage storage = open()) {
            assertThat(Stores.text(storage, "x")).contains("value");
            name("");
            assertThat(storage.rotateKeys()).contains("master key: new");
            Files.delete(keys.resolve("b"));
        }
        try (SqliteStorage storage = open()) {
            assertThat(Stores.text(storage, "x")).contains("value");
            assertThat(Files.getPosixFilePermissions(store.resolve(OWN)))
                    .isEqualTo(PosixFilePermissions.fromString("r--------"));
            assertThat(store.resolve(OWN + ".next")).doesNotExist();
        }
    }

    @Test
    void a_file_that_is_named_before_a_restart_takes_over_at_the_start_and_it_is_told()
            throws Exception {
        try (SqliteStorage storage = open()) {
            storage.commit(Stores.put("x", "value"));
        }
        name(key("a", "aa"));
        try (SqliteStorage storage = open()) {
            assertThat(Stores.text(storage, "x")).contains("value");
            Map<String, byte[]> notes = storage.list(Table.AGENT_STATE);
            assertThat(new String(notes.get("spool/master-key"), StandardCharsets.UTF_8))
                    .contains("\"audit_event_type\":\"CONFIGURATION_CHANGED\"")
                    .contains("the master key of the store is now the file");
        }
        assertThat(store.resolve(OWN)).doesNotExist();
        open().close();
    }

    @Test
    void a_credential_counts_before_a_named_file_and_that_before_the_agents_own() throws Exception {
        open().close();
        assertThat(store.resolve(OWN)).exists();
        name(key("a", "aa"));
        Path credentials = Files.createDirectory(temp.resolve("credentials"));
        Files.writeString(credentials.resolve("kepm-storage-key"), "cc".repeat(32));
        open(Optional.of(credentials)).close();
        assertThat(store.resolve(OWN)).as("a former key").doesNotExist();
        assertThatThrownBy(this::open)
                .as("with the named file alone")
                .hasMessageContaining("the master key is not this store's");
        open(Optional.of(credentials)).close();
    }

    @Test
    void a_key_that_was_a_credential_is_taken_over_by_a_file_or_by_the_agents_own()
            throws Exception {
        Path credentials = Files.createDirectory(temp.resolve("credentials"));
        Files.writeString(credentials.resolve("kepm-storage-key"), "cc".repeat(32));
        try (SqliteStorage storage = open(Optional.of(credentials))) {
            storage.commit(Stores.put("x", "value"));
        }
        Files.move(
                credentials.resolve("kepm-storage-key"),
                credentials.resolve("kepm-storage-key.old"));
        try (SqliteStorage storage = open(Optional.of(credentials))) {
            assertThat(Stores.text(storage, "x")).contains("value");
        }
        try (SqliteStorage storage = open()) {
            assertThat(Stores.text(storage, "x")).as("by its own").contains("value");
        }
        assertThat(store.resolve(OWN)).exists();
        name(key("a", "aa"));
        open().close();
        try (SqliteStorage storage = open()) {
            assertThat(Stores.text(storage, "x")).contains("value");
        }
    }

    @Test
    void a_move_back_that_was_cut_short_is_settled_at_the_next_start() throws Exception {
        name(key("a", "aa"));
        open().close();
        // Before the commit: the store still opens with the file alone.
        name("");
        write(store.resolve(OWN + ".next"), "11".repeat(32));
        assertThatThrownBy(this::open).hasMessageContaining("name again where the key was before");
        name(keys.resolve("a"));
        open().close();
        assertThat(store.resolve(OWN + ".next")).doesNotExist();
        // After it: the key that is to be its own is not in its place yet.
        try (SqliteStorage storage = open()) {
            name("");
            storage.rotateKeys();
        }
        Files.move(store.resolve(OWN), store.resolve(OWN + ".next"));
        open().close();
        assertThat(store.resolve(OWN)).exists();
        assertThat(store.resolve(OWN + ".next")).doesNotExist();
    }

    @Test
    void settings_that_cant_be_read_never_make_another_key() throws Exception {
        name(key("a", "aa"));
        open().close();
        Files.writeString(settings(), "{\"Settings\": ");
        assertThatThrownBy(this::open)
                .hasMessageContaining("where the master key is can't be read");
        Files.writeString(settings(), "{\"Settings\": {\"Storage\": {\"KeyFile\": \"a\"}}}");
        assertThatThrownBy(this::open)
                .hasMessageContaining("Settings/Storage/KeyFile: `a`: an absolute path");
        assertThat(store.resolve(OWN)).doesNotExist();
        name("");
        write(store.resolve(OWN), "aa".repeat(32));
        Files.writeString(settings(), "{\"Settings\": ");
        open().close();
        assertThat(store.resolve(OWN)).as("what was in force stays").exists();
    }

    @Test
    void a_file_and_a_token_at_once_or_half_a_token_are_faults() throws Exception {
        assertThat(
                        NamedKey.faults(
                                Map.of(
                                        "Settings/Storage/KeyFile", "/k",
                                        "Settings/Storage/Pkcs11/Token", "t")))
                .containsExactly(
                        "Settings/Storage/KeyFile: the master key is either in a file or in a"
                                + " token: take one out",
                        "Settings/Storage/Pkcs11/Module: missing: a master key in a token needs all"
                                + " four");
        assertThat(NamedKey.faults(Map.of("Settings/Storage/KeyFile", "/etc/../k"))).hasSize(1);
        assertThat(NamedKey.faults(Map.of())).isEmpty();
    }

    @Test
    void a_backup_from_before_a_move_is_taken_over_when_its_key_is_put_back() throws Exception {
        Path backup = temp.resolve("backup");
        String former;
        try (SqliteStorage storage = open()) {
            storage.commit(Stores.put("x", "as it was"));
            storage.backup(backup);
            former = Files.readString(store.resolve(OWN));
            name(key("a", "aa"));
            storage.rotateKeys();
            storage.commit(Stores.put("x", "later"));
        }
        Files.createDirectory(store.resolve("restore"));
        Files.move(backup, store.resolve("restore/kepm.db"));
        write(store.resolve(OWN), former);
        try (SqliteStorage storage = open()) {
            assertThat(Stores.text(storage, "x")).contains("as it was");
        }
        assertThat(store.resolve(OWN)).doesNotExist();
        open().close();
    }

    private SqliteStorage open() throws StorageException {
        return open(Optional.empty());
    }

    private SqliteStorage open(Optional<Path> credentials) throws StorageException {
        return StoreOpening.open(
                store,
                credentials,
                new NamedKey(new SettingsFile(settings()), temp),
                "0.1.0",
                InstantSource.system());
    }

    private Path settings() {
        return temp.resolve("appsettings.json");
    }

    private void name(Path key) throws IOException {
        name(key.toString());
    }

    private void name(String key) throws IOException {
        Files.writeString(
                settings(), "{\"Settings\": {\"Storage\": {\"KeyFile\": \"" + key + "\"}}}");
        Files.setPosixFilePermissions(settings(), PosixFilePermissions.fromString("rw-r--r--"));
    }

    private Path key(String name, String pair) throws IOException {
        Path file = keys.resolve(name);
        write(file, pair.repeat(32) + "\n");
        return file;
    }

    private static void write(Path file, String text) throws IOException {
        Files.deleteIfExists(file);
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
    }
}
