package io.kepm.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody gets, and can do, who has the files but not the agent. */
class SealedStoreTest {

    @TempDir Path temp;

    @BeforeEach
    void fill() throws Exception {
        try (SqliteStorage storage = Stores.open(temp)) {
            storage.commit(Stores.put("canary-key-one", "canary-value-one"));
            storage.commit(Stores.put("canary-key-two", "canary-value-two"));
            for (int i = 1; i <= 5; i++) {
                storage.commit(Change.record(Stores.draft("canary-reason-" + i)));
            }
        }
    }

    @Test
    void ab_110_nothing_that_is_somebodys_stands_in_clear() throws Exception {
        try (SqliteStorage storage = Stores.open(temp)) {
            storage.commit(Change.record(Stores.draft("canary-wal")));
            try (Stream<Path> files = Files.list(temp)) {
                for (Path file : files.filter(f -> !f.endsWith("kepm.db")).toList()) {
                    assertNoCanary(file);
                }
            }
        }
        assertNoCanary(temp.resolve("kepm.db"));
    }

    private static void assertNoCanary(Path file) throws Exception {
        String content = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertThat(content).doesNotContain("canary", "alice", "systemctl", "nginx", "req-");
    }

    @Test
    void ab_110_a_value_that_was_moved_to_another_row_does_not_open() throws Exception {
        Stores.tamper(
                temp,
                "CREATE TEMP TABLE t AS SELECT id, value FROM item WHERE kind = 'GRANTS'",
                "UPDATE item SET value = (SELECT value FROM t WHERE t.id <> item.id)"
                        + " WHERE kind = 'GRANTS'");
        assertThatThrownBy(() -> Stores.open(temp))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("a value of `GRANTS` does not open");
    }

    @Test
    void ab_110_a_value_that_was_moved_to_another_table_does_not_open() throws Exception {
        Stores.tamper(temp, "UPDATE item SET kind = 'REQUESTS' WHERE kind = 'GRANTS'");
        assertThatThrownBy(() -> Stores.open(temp))
                .hasMessageContaining("a value of `REQUESTS` does not open");
    }

    @Test
    void ab_110_a_used_value_that_is_put_back_is_found() throws Exception {
        Path copy = temp.resolve("copy");
        Files.copy(temp.resolve("kepm.db"), copy);
        try (SqliteStorage storage = Stores.open(temp)) {
            storage.commit(Stores.take("canary-key-one"));
        }
        Stores.tamper(
                temp,
                "ATTACH '" + copy + "' AS old",
                "INSERT OR IGNORE INTO item SELECT * FROM old.item WHERE kind = 'GRANTS'");
        assertThatThrownBy(() -> Stores.open(temp))
                .hasMessageContaining("put back to a former version");
    }

    @Test
    void ab_110_a_removed_value_is_found() throws Exception {
        Stores.tamper(temp, "DELETE FROM item WHERE kind = 'GRANTS'");
        assertThatThrownBy(() -> Stores.open(temp)).hasMessageContaining("was removed");
    }

    @Test
    void ab_110_a_removed_or_changed_head_is_found() throws Exception {
        Stores.tamper(temp, "UPDATE head SET body = zeroblob(133)");
        assertThatThrownBy(() -> Stores.open(temp))
                .hasMessageContaining("the head of the store does not open");
        Stores.tamper(temp, "DELETE FROM head");
        assertThatThrownBy(() -> Stores.open(temp))
                .hasMessageContaining("the head of the store is gone");
    }

    @Test
    void ab_110_another_machines_key_does_not_open_the_store() throws Exception {
        Path other = temp.resolve("other");
        Stores.open(other).close();
        Files.delete(temp.resolve(".master.key"));
        Files.copy(other.resolve(".master.key"), temp.resolve(".master.key"));
        assertThatThrownBy(() -> Stores.open(temp))
                .hasMessageContaining(
                        "data key 1 does not open: the master key is not this store's");
    }

    @Test
    void ab_105_a_store_that_is_gone_though_its_key_is_there_is_told_about() throws Exception {
        Stores.open(temp).close();
        try (SqliteStorage storage = Stores.open(temp)) {
            assertThat(storage.list(Table.AGENT_STATE)).doesNotContainKey("spool/begun-anew");
        }
        Files.delete(temp.resolve("kepm.db"));
        try (SqliteStorage storage = Stores.open(temp)) {
            assertThat(storage.list(Table.AGENT_STATE)).containsKey("spool/begun-anew");
        }
    }

    @Test
    void ab_110_a_missing_key_is_named_and_no_new_one_is_made() throws Exception {
        Files.delete(temp.resolve(".master.key"));
        assertThatThrownBy(() -> Stores.open(temp))
                .hasMessageContaining("the master key `" + temp.resolve(".master.key"))
                .hasMessageContaining("is missing")
                .hasMessageContaining("elevation is refused");
        assertThat(temp.resolve(".master.key")).doesNotExist();
    }

    @Test
    void a_key_that_others_can_read_is_refused() throws Exception {
        Files.setPosixFilePermissions(
                temp.resolve(".master.key"), PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> Stores.open(temp))
                .hasMessageContaining("the master key is not safe from other users")
                .hasMessageContaining("chmod 0600");
    }

    @Test
    void a_changed_record_is_shown_as_unreadable_and_hides_no_other() throws Exception {
        Stores.tamper(temp, "UPDATE audit SET time = time + 1 WHERE seq = 3");
        try (SqliteStorage storage = Stores.open(temp)) {
            List<AuditEntry> all = storage.audit(AuditQuery.after(0, 10));
            assertThat(all).hasSize(5);
            assertThat(all.get(2).exported())
                    .contains("changed or moved outside of the agent")
                    .endsWith("\"hash\":\"\"}");
            assertThat(Stores.verify(storage)).startsWith("record 3 was edited");
        }
    }

    @Test
    void ab_110_no_flipped_bit_goes_unseen_or_ends_in_another_way_than_words() throws Exception {
        byte[] sound = Files.readAllBytes(temp.resolve("kepm.db"));
        Random random = new Random(110);
        int found = 0;
        for (int round = 0; round < 150; round++) {
            byte[] flipped = sound.clone();
            // Past the first page's header, whose spare bytes mean nothing.
            int at = 100 + random.nextInt(flipped.length - 100);
            flipped[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(temp.resolve("kepm.db"), flipped);
            try (SqliteStorage storage = Stores.open(temp)) {
                boolean same =
                        Stores.verify(storage).equals("intact: 5")
                                && Stores.text(storage, "canary-key-one")
                                        .equals(java.util.Optional.of("canary-value-one"));
                found += same ? 0 : 1;
            } catch (StorageException e) {
                assertThat(e.getMessage()).isNotBlank();
                found++;
            }
        }
        // The others hit free space or an index.
        assertThat(found).isGreaterThan(15);
    }
}
