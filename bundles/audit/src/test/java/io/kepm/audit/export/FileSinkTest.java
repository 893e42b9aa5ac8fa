package io.kepm.audit.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditQuery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSinkTest {

    @TempDir Path temp;

    private final FakeStore store = new FakeStore();
    private Path file;

    @BeforeEach
    void folder() {
        file = temp.resolve("audit.jsonl");
    }

    @Test
    void records_are_appended_as_lines_in_the_form_that_is_chained() throws Exception {
        store.add("a\nb");
        store.add("é\ud800");
        try (FileSink sink = new FileSink(file)) {
            sink.deliver(store.query(page(0)));
        }
        store.add("c");
        try (FileSink sink = new FileSink(file)) {
            sink.deliver(store.query(page(2)));
        }
        assertThat(Files.readAllLines(file))
                .isEqualTo(store.query(page(0)).stream().map(e -> e.exported()).toList());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void a_file_that_was_moved_away_is_made_anew() throws Exception {
        try (FileSink sink = new FileSink(file)) {
            sink.deliver(List.of(store.add("a")));
            Files.move(file, temp.resolve("audit.1"));
            sink.deliver(List.of(store.add("b")));
            assertThat(Files.readString(temp.resolve("audit.1"))).contains("\"a\"");
            assertThat(Files.readAllLines(file)).singleElement().asString().contains("\"b\"");
            Files.writeString(file, "");
            sink.deliver(List.of(store.add("c")));
            assertThat(Files.readString(file)).startsWith("{").contains("\"c\"").endsWith("}\n");
        }
    }

    @Test
    void a_line_that_a_power_failure_cut_is_dropped() throws Exception {
        try (FileSink sink = new FileSink(file)) {
            sink.deliver(List.of(store.add("a"), store.add("b")));
        }
        String whole = Files.readString(file);
        String part = whole + "{\"agent_uid\":\"" + "x".repeat(100_000);
        for (String torn : List.of(part, whole)) {
            Files.writeString(file, torn);
            try (FileSink sink = new FileSink(file)) {
                sink.deliver(List.of());
            }
            assertThat(Files.readString(file)).isEqualTo(whole);
        }
    }

    /**
     * At least once, and the file is one chain all the same: `kepm audit verify --file` reads it.
     */
    @Test
    void what_comes_again_after_a_crash_is_not_written_twice() throws Exception {
        for (int i = 0; i < 300; i++) {
            store.add("r" + "x".repeat(i == 150 ? 200_000 : 300));
        }
        List<AuditEntry> all = store.query(AuditQuery.after(0, 1_000));
        try (FileSink sink = new FileSink(file)) {
            sink.deliver(all.subList(0, 290));
        }
        for (int known : List.of(289, 120, 0)) {
            int middle = (known + 300) / 2;
            try (FileSink sink = new FileSink(file)) {
                assertThat(sink.deliver(all.subList(known, middle))).isEmpty();
                assertThat(sink.deliver(all.subList(middle, 300))).isEmpty();
            }
            assertThat(Files.readAllLines(file))
                    .isEqualTo(all.stream().map(AuditEntry::exported).toList());
        }
    }

    @Test
    void ab_105_a_store_that_is_older_than_the_file_is_told_and_nothing_of_it_is_held_back()
            throws Exception {
        store.add(4);
        FakeStore older = new FakeStore();
        older.add(3);
        older.add("after the roll-back");
        older.add("and so on");
        try (FileSink sink = new FileSink(file)) {
            sink.deliver(store.query(page(0)));
        }
        try (FileSink sink = new FileSink(file)) {
            assertThat(sink.deliver(older.query(page(1)).subList(0, 3)))
                    .contains("holds another record 4")
                    .contains("older copy");
            assertThat(sink.deliver(older.query(page(4)))).as("still so").contains("record 4");
        }
        assertThat(Files.readAllLines(file))
                .hasSize(6)
                .last()
                .isEqualTo(older.query(page(4)).get(0).exported());
    }

    @Test
    void ab_106_the_copy_is_not_what_fills_the_disk_of_the_store() throws Exception {
        AtomicLong free = new AtomicLong(FileSink.LEAST_FREE);
        List<AuditEntry> batch = List.of(store.add("a"));
        try (FileSink sink = new FileSink(file, free::get, folder -> {})) {
            assertThatThrownBy(() -> sink.deliver(batch))
                    .hasMessageContaining("less than 32 MiB would be free");
            assertThat(file).isEmptyFile();
            free.set(FileSink.LEAST_FREE + 10_000);
            sink.deliver(batch);
        }
        assertThat(Files.readAllLines(file)).hasSize(1);
        try (FileSink sink = new FileSink(file, free::get, folder -> {})) {
            free.set(0);
            List<AuditEntry> again = List.of(batch.get(0), store.add("b"));
            assertThatThrownBy(() -> sink.deliver(again)).hasMessageContaining("MiB would be free");
            free.set(FileSink.LEAST_FREE + 10_000);
            sink.deliver(again);
        }
        assertThat(Files.readAllLines(file)).as("each once").hasSize(2);
    }

    /** EINVAL of some file systems of a network, at each new file. */
    @Test
    void a_folder_that_knows_no_sync_makes_no_export_fail() throws Exception {
        FileSink.Names none =
                folder -> {
                    throw new IOException("Invalid argument");
                };
        try (FileSink sink = new FileSink(file, () -> Long.MAX_VALUE, none)) {
            sink.deliver(List.of(store.add("a")));
        }
        assertThat(Files.readAllLines(file)).hasSize(1);
    }

    @Test
    void f6_a_name_whose_sync_failed_is_made_and_synced_anew() throws Exception {
        List<Boolean> syncs = new ArrayList<>();
        FileSink.Names failing =
                folder -> {
                    syncs.add(Files.exists(file));
                    if (syncs.size() == 2) {
                        throw new IOException("Input/output error");
                    }
                };
        List<AuditEntry> batch = List.of(store.add("a"));
        try (FileSink sink = new FileSink(file, () -> Long.MAX_VALUE, failing)) {
            assertThatThrownBy(() -> sink.deliver(batch)).hasMessage("Input/output error");
            assertThat(file).doesNotExist();
            sink.deliver(batch);
        }
        assertThat(syncs).containsExactly(false, true, false, true);
        assertThat(Files.readAllLines(file)).hasSize(1);
    }

    @Test
    void links_and_files_or_folders_that_others_can_write_are_refused() throws Exception {
        Path mine = Files.writeString(temp.resolve("mine"), "");
        Files.createSymbolicLink(file, mine);
        refused("is not a regular file");
        assertThat(mine).isEmptyFile();
        Files.delete(file);

        Files.writeString(file, "");
        mode(file, "rw-rw----");
        refused("mode 0660: run `chmod 0640 " + file + "`");
        mode(file, "rw-r--r--");
        refused("mode 0644: run `chmod 0640 " + file + "`");
        mode(file, "rw-r-----");
        try (FileSink sink = new FileSink(file)) {
            sink.deliver(List.of(store.add("x")));
        }
        mode(temp, "rwxrwxrwx");
        refused("mode 0777");
        mode(temp, "rwx------");
        file = temp.resolve("none").resolve("audit.jsonl");
        refused("is not a folder: make it");
        file = Files.createDirectory(temp.resolve("folder"));
        refused("is not a regular file");
    }

    @Test
    void a_file_that_holds_something_else_stays_untouched() throws Exception {
        Files.writeString(file, "root:x:0:0");
        mode(file, "rw-------");
        refused("holds something else than JSON lines");
        assertThat(Files.readString(file)).isEqualTo("root:x:0:0");
    }

    @Test
    void rights_that_changed_meanwhile_are_noticed() throws Exception {
        try (FileSink sink = new FileSink(file)) {
            sink.deliver(List.of(store.add("a")));
            mode(file, "rw-rw-rw-");
            assertThatThrownBy(() -> sink.deliver(List.of(store.add("b"))))
                    .isInstanceOf(IOException.class);
        }
    }

    private void refused(String why) {
        try (FileSink sink = new FileSink(file)) {
            assertThatThrownBy(() -> sink.deliver(List.of(store.add("x"))))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(why);
        }
    }

    private static void mode(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    private static io.kepm.api.audit.AuditQuery page(long after) {
        return io.kepm.api.audit.AuditQuery.after(after, 10);
    }
}
