package io.kepm.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.storage.Change;
import io.kepm.api.storage.StorageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyRotationTest {

    @TempDir Path temp;

    @Test
    void what_was_stored_opens_with_the_new_keys_now_and_after_a_restart() throws Exception {
        String before;
        try (SqliteStorage storage = Stores.open(temp)) {
            storage.commit(Stores.put("old", "sealed before"));
            storage.commit(Change.record(Stores.draft("before")));
            before = Files.readString(temp.resolve(".master.key"));
            List<String> keys = storage.rotateKeys();
            assertThat(keys)
                    .contains("data key 8 for audit (in use)", "data key 3 for audit")
                    .contains("data key 5 for index (in use)", "master key: new");
            storage.commit(Stores.put("new", "sealed after"));
            storage.commit(Change.record(Stores.draft("after")));
            assertThat(Stores.text(storage, "old")).contains("sealed before");
            assertThat(storage.faults()).isEmpty();
        }
        assertThat(Files.readString(temp.resolve(".master.key"))).isNotEqualTo(before);
        assertThat(temp.resolve(".master.key.next")).doesNotExist();
        try (SqliteStorage storage = Stores.open(temp)) {
            assertThat(Stores.text(storage, "old")).contains("sealed before");
            assertThat(Stores.text(storage, "new")).contains("sealed after");
            assertThat(Stores.verify(storage)).isEqualTo("intact: 2");
        }
        Files.writeString(temp.resolve("old.key"), before);
        Files.delete(temp.resolve(".master.key"));
        Files.move(temp.resolve("old.key"), temp.resolve(".master.key"));
        temp.resolve(".master.key").toFile().setReadable(false, false);
        temp.resolve(".master.key").toFile().setReadable(true, true);
        assertThatThrownBy(() -> Stores.open(temp))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("the master key is not this store's");
    }

    @Test
    void a_change_of_keys_that_was_cut_short_is_settled_at_the_next_start() throws Exception {
        Path key = temp.resolve(".master.key");
        Path next = temp.resolve(".master.key.next");
        String former;
        try (SqliteStorage storage = Stores.open(temp)) {
            former = Files.readString(key);
            storage.commit(Stores.put("a", "value"));
            storage.rotateKeys();
        }
        // Cut between the commit and the new name: the store opens with the next key only.
        Files.move(key, next);
        write(key, former);
        try (SqliteStorage storage = Stores.open(temp)) {
            assertThat(Stores.text(storage, "a")).contains("value");
            assertThat(next).doesNotExist();
        }
        // Cut before the commit: the next key was never used.
        write(next, "00".repeat(32));
        try (SqliteStorage storage = Stores.open(temp)) {
            assertThat(Stores.text(storage, "a")).contains("value");
            assertThat(next).doesNotExist();
        }
        // Half of it was written.
        write(next, "00");
        try (SqliteStorage storage = Stores.open(temp)) {
            assertThat(Stores.text(storage, "a")).contains("value");
        }
    }

    @Test
    void an_unfinished_change_of_keys_is_never_written_over() throws Exception {
        try (SqliteStorage storage = Stores.open(temp)) {
            write(temp.resolve(".master.key.next"), "11".repeat(32));
            assertThatThrownBy(storage::rotateKeys)
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("unfinished");
            assertThat(temp.resolve(".master.key.next")).hasContent("11".repeat(32));
        }
    }

    @Test
    void a_given_key_is_changed_by_who_gives_it() throws Exception {
        Path store = temp.resolve("store");
        Path credentials = Files.createDirectory(temp.resolve("credentials"));
        Files.writeString(credentials.resolve("kepm-storage-key"), "aa".repeat(32));
        try (SqliteStorage storage = open(store, credentials)) {
            storage.commit(Stores.put("a", "value"));
            assertThat(storage.rotateKeys().toString()).contains("kepm-storage-key.old");
            assertThat(Stores.text(storage, "a")).contains("value");
        }
        Files.writeString(credentials.resolve("kepm-storage-key"), "bb".repeat(32));
        assertThatThrownBy(() -> open(store, credentials)).isInstanceOf(StorageException.class);
        Files.writeString(credentials.resolve("kepm-storage-key.old"), "aa".repeat(32));
        try (SqliteStorage storage = open(store, credentials)) {
            assertThat(Stores.text(storage, "a")).contains("value");
        }
        Files.delete(credentials.resolve("kepm-storage-key.old"));
        try (SqliteStorage storage = open(store, credentials)) {
            assertThat(Stores.text(storage, "a")).contains("value");
        }
    }

    private static SqliteStorage open(Path folder, Path credentials) throws StorageException {
        return SqliteStorage.open(
                folder, Optional.of(credentials), "0.1.0", InstantSource.system());
    }

    private static void write(Path file, String text) throws Exception {
        Files.deleteIfExists(file);
        Files.writeString(file, text);
        Files.setPosixFilePermissions(
                file, java.nio.file.attribute.PosixFilePermissions.fromString("r--------"));
    }
}
