package io.kepm.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.StoreCare;
import io.kepm.api.storage.Table;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupTest {

    @TempDir Path temp;

    private Path store() {
        return temp.resolve("store");
    }

    @Test
    void a_backup_made_under_load_is_whole_and_is_taken_over_at_the_next_start() throws Exception {
        Path file = temp.resolve("backup.db");
        long copied;
        try (SqliteStorage storage = Stores.open(store())) {
            fill(storage, 2_500);
            storage.commit(Stores.put("grant", "as it was"));
            AtomicBoolean done = new AtomicBoolean();
            Thread load =
                    new Thread(
                            () -> {
                                while (!done.get()) {
                                    commitQuietly(storage);
                                }
                            });
            load.start();
            try {
                copied = storage.backup(file);
            } finally {
                done.set(true);
                load.join();
            }
            storage.commit(Stores.put("grant", "changed later"));
        }
        assertThat(copied).isGreaterThanOrEqualTo(2_500);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        wait(file);
        try (SqliteStorage storage = Stores.open(store())) {
            assertThat(Stores.text(storage, "grant")).contains("as it was");
            assertThat(Stores.verify(storage)).isEqualTo("intact: " + copied);
            assertThat(storage.faults()).isEmpty();
            assertThat(note(storage)).contains("restored from a backup");
            assertThat(storage.get(Table.AGENT_STATE, StoreCare.RESTORED)).isPresent();
        }
        assertThat(kept("before-restore-").resolve("kepm.db")).exists();
        assertThat(store().resolve("restore")).doesNotExist();
    }

    @Test
    void ab_106_a_backup_is_not_what_fills_the_disk() throws Exception {
        Path file = temp.resolve("backup.db");
        try (SqliteStorage storage = Stores.open(store())) {
            storage.commit(Stores.put("grant", "as it was"));
            long used = storage.room().used();
            assertThatThrownBy(
                            () ->
                                    backup(storage, used + DiskSpace.LOW_WATER - 1, folder -> {})
                                            .to(file))
                    .hasMessageContaining("MiB are free for")
                    .hasMessageContaining("choose another place");
            assertThat(temp).isDirectoryNotContaining("glob:**backup.db*");
            backup(storage, used + DiskSpace.LOW_WATER, folder -> {}).to(file);
            assertThat(file).exists();
        }
    }

    private static Backup backup(SqliteStorage storage, long free, Backup.Names names) {
        return new Backup(storage, folder -> free, names);
    }

    /** EINVAL of some file systems of a network, where the content is synced all the same. */
    @Test
    void a_folder_that_knows_no_sync_makes_no_backup_fail() throws Exception {
        Path file = temp.resolve("backup.db");
        try (SqliteStorage storage = Stores.open(store())) {
            fill(storage, 3);
            Backup.Names none =
                    folder -> {
                        throw new IOException("Invalid argument");
                    };
            assertThat(backup(storage, Long.MAX_VALUE, none).to(file)).isEqualTo(3);
        }
        assertThat(file).isNotEmptyFile();
        assertThat(temp.resolve("backup.db.part")).doesNotExist();
    }

    @Test
    void a_folder_whose_sync_fails_after_it_worked_is_a_fault_of_the_disk() throws Exception {
        Path file = temp.resolve("backup.db");
        AtomicInteger syncs = new AtomicInteger();
        try (SqliteStorage storage = Stores.open(store())) {
            Backup.Names failing =
                    folder -> {
                        assertThat(folder).isEqualTo(temp);
                        if (syncs.incrementAndGet() > 1) {
                            assertThat(file).exists();
                            throw new IOException("Input/output error");
                        }
                    };
            assertThatThrownBy(() -> backup(storage, Long.MAX_VALUE, failing).to(file))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("may be gone after a power failure (Input/output error)");
        }
        assertThat(syncs).hasValue(2);
        assertThat(file).isNotEmptyFile();
    }

    @Test
    void ab_105_a_restore_that_was_cut_short_mixes_nothing_and_is_told_at_the_next_start()
            throws Exception {
        Path file = temp.resolve("backup.db");
        try (SqliteStorage storage = Stores.open(store())) {
            storage.commit(Stores.put("grant", "as it was"));
            storage.backup(file);
        }
        // Cut after the database was put aside and before its WAL was, in another order.
        Files.write(store().resolve("kepm.db-wal"), new byte[4_096]);
        Files.delete(store().resolve("kepm.db"));
        Files.writeString(store().resolve(".restored"), "{\"told\":\"restored from a backup\"}");
        wait(file);
        Files.writeString(store().resolve("restore/kepm.db.part"), "half of another");
        try (SqliteStorage storage = Stores.open(store())) {
            assertThat(Stores.text(storage, "grant")).contains("as it was");
            assertThat(note(storage)).contains("restored from a backup");
            assertThat(store().resolve(".restored")).doesNotExist();
        }
        assertThat(kept("before-restore-").resolve("kepm.db-wal")).hasSize(4_096);
        // Cut between the swap and the record of it.
        Files.writeString(store().resolve(".restored"), "{\"told\":\"a second time\"}");
        try (SqliteStorage storage = Stores.open(store())) {
            assertThat(note(storage)).contains("a second time");
            assertThat(storage.get(Table.AGENT_STATE, StoreCare.RESTORED)).isPresent();
        }
    }

    @Test
    void ab_110_a_backup_that_does_not_hold_is_set_aside_and_the_store_stays() throws Exception {
        Path file = temp.resolve("backup.db");
        try (SqliteStorage storage = Stores.open(store())) {
            fill(storage, 20);
            storage.commit(Stores.put("grant", "present"));
            storage.backup(file);
        }
        byte[] bytes = Files.readAllBytes(file);
        // In the middle of a sealed value.
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int at = text.indexOf("GRANTS") + 60;
        bytes[at] ^= 1;
        Files.write(file, bytes);
        wait(file);
        try (SqliteStorage storage = Stores.open(store())) {
            assertThat(Stores.text(storage, "grant")).contains("present");
            assertThat(note(storage)).contains("REFUSED");
            assertThat(storage.get(Table.AGENT_STATE, StoreCare.RESTORED)).isEmpty();
        }
        assertThat(kept("restore.refused-").resolve("kepm.db")).exists();
    }

    @Test
    void ab_110_a_backup_of_another_machine_does_not_open_here() throws Exception {
        Path file = temp.resolve("backup.db");
        try (SqliteStorage other = Stores.open(temp.resolve("other"))) {
            fill(other, 3);
            other.backup(file);
        }
        try (SqliteStorage storage = Stores.open(store())) {
            storage.commit(Stores.put("grant", "present"));
        }
        wait(file);
        try (SqliteStorage storage = Stores.open(store())) {
            assertThat(Stores.text(storage, "grant")).contains("present");
            assertThat(note(storage)).contains("another master key");
        }
    }

    @Test
    void a_backup_never_takes_the_place_of_a_file() throws Exception {
        Path file = Files.writeString(temp.resolve("precious"), "mine");
        try (SqliteStorage storage = Stores.open(store())) {
            assertThatThrownBy(() -> storage.backup(file))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("is there already");
            assertThatThrownBy(() -> storage.backup(temp.resolve("nowhere/backup")))
                    .isInstanceOf(StorageException.class);
            assertThatThrownBy(() -> storage.backup(temp.resolve("b?mode=ro")))
                    .hasMessageContaining("can't be the name");
            Path open = Files.createDirectory(temp.resolve("open"));
            Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
            assertThatThrownBy(() -> storage.backup(open.resolve("b")))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("others could change");
            assertThat(file).hasContent("mine");
            assertThat(temp.resolve("precious.part")).doesNotExist();
        }
    }

    @Test
    void a_check_names_a_damaged_value() throws Exception {
        try (SqliteStorage storage = Stores.open(store())) {
            storage.commit(Stores.put("grant", "value"));
            assertThat(storage.faults()).isEmpty();
            storage.read(
                    tables -> {
                        tables.database()
                                .run("UPDATE item SET value = zeroblob(80) WHERE kind = 'GRANTS'");
                        return true;
                    });
            assertThat(storage.faults().toString()).contains("a value of `GRANTS` does not open");
        }
    }

    private static void commitQuietly(SqliteStorage storage) {
        try {
            storage.commit(Change.record(Stores.draft("meanwhile")));
        } catch (StorageException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void fill(SqliteStorage storage, int records) throws StorageException {
        List<AuditDraft> drafts =
                IntStream.range(0, records).mapToObj(i -> Stores.draft("r" + i)).toList();
        storage.commit(new Change(List.of(), drafts));
    }

    private void wait(Path backup) throws Exception {
        Files.createDirectories(store().resolve("restore"));
        Files.copy(backup, store().resolve("restore/kepm.db"));
    }

    private static String note(SqliteStorage storage) throws StorageException {
        return storage.list(Table.AGENT_STATE).entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("spool/restore"))
                .map(entry -> new String(entry.getValue(), StandardCharsets.UTF_8))
                .findFirst()
                .orElse("");
    }

    private Path kept(String prefix) throws Exception {
        try (var files = Files.list(store())) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
