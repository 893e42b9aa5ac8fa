package io.kepm.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import io.kepm.storage.RealStore;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdoptionTest {

    private static final String LINE =
            "{\"event_time\":\"2026-11-25T10:00:00Z\",\"audit_event_type\":\"BUNDLE_REFUSED\","
                    + "\"outcome\":\"REFUSED\",\"reason\":\"not signed\","
                    + "\"user_info\":{\"name\":\"root\",\"uid\":0},"
                    + "\"target_info\":{\"path\":\"/tmp/x.jar\",\"argv\":[\"a\",\"b\"],\"run_as\":\"root\"},"
                    + "\"details\":{\"sha256\":\"ab\"}}";

    @TempDir Path temp;

    private RealStore.Closing store;
    private Path spool;

    @BeforeEach
    void open() throws Exception {
        store = RealStore.open(temp.resolve("store"));
        spool = Files.createDirectories(temp.resolve("spool"));
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void records_in_files_are_adopted_once_and_the_files_removed() throws Exception {
        write("b.jsonl", LINE + "\n" + LINE + "\n");
        write("a.jsonl", LINE.replace("/tmp/x.jar", "/tmp/first.jar"));
        assertThat(adopt()).isEmpty();
        assertThat(records()).hasSize(3);
        assertThat(records().get(0).json())
                .contains("/tmp/first.jar")
                .contains("\"adopted_from\":\"a.jsonl\"")
                .contains("\"event_time\":\"2026-11-25T10:00:00Z\"");
        assertThat(spool).isEmptyDirectory();
        assertThat(adopt()).isEmpty();
        assertThat(records()).hasSize(3);
        assertThat(storage().list(Table.AGENT_STATE)).containsOnlyKeys("agent_uid");
    }

    @Test
    void a_crash_between_commit_and_removal_does_not_adopt_twice() throws Exception {
        write("a.jsonl", LINE);
        storage()
                .commit(
                        new Change(
                                List.of(
                                        new Mutation.Put(
                                                Table.AGENT_STATE,
                                                "adopted/a.jsonl",
                                                "clean".getBytes(StandardCharsets.UTF_8))),
                                List.of(SpoolLine.parse(LINE, "a.jsonl"))));
        assertThat(adopt()).isEmpty();
        assertThat(records()).hasSize(1);
        assertThat(spool).isEmptyDirectory();
    }

    /** As `native/common/spool.c` writes it, and counts beyond its room. */
    @Test
    void what_the_sudo_plugin_refused_is_a_record_and_what_had_no_room_a_number() throws Exception {
        write(
                "sudo-1-2-3-refused-1001.jsonl",
                "{\"event_time\":\"2026-11-25T10:00:00Z\","
                        + "\"audit_event_type\":\"ELEVATION_REFUSED\",\"outcome\":\"REFUSED\","
                        + "\"reason\":\"the agent is gone\","
                        + "\"user_info\":{\"name\":\"alice\",\"uid\":1001},"
                        + "\"details\":{\"event\":\"UNASKED_REFUSED\"}}");
        write("refused.more", ".".repeat(41));
        assertThat(adopt()).isEmpty();
        assertThat(records())
                .as("somebody may still write to it")
                .singleElement()
                .satisfies(
                        entry ->
                                assertThat(entry.json())
                                        .contains("UNASKED_REFUSED", "the agent is gone", "alice"));
        write("refused.more", ".");
        assertThat(adopt()).isEmpty();
        assertThat(adopt()).isEmpty();
        assertThat(adopt()).isEmpty();
        assertThat(records()).hasSize(3);
        assertThat(records().get(1).json()).contains("SUMMARY", "41 more", "\"count\":\"41\"");
        assertThat(records().get(2).json()).contains("\"count\":\"1\"");
        assertThat(spool).isEmptyDirectory();
        assertThat(storage().list(Table.AGENT_STATE)).containsOnlyKeys("agent_uid");
    }

    @Test
    void a_number_that_others_could_have_written_or_that_is_none_is_left_alone() throws Exception {
        write("refused.more", "");
        adopt();
        write("refused.more", ".");
        adopt();
        Files.setPosixFilePermissions(
                spool.resolve("refused.taken"), PosixFilePermissions.fromString("rw-rw-rw-"));
        assertThat(adopt()).singleElement(STRING).contains("could have been written by others");
        assertThat(records()).isEmpty();
    }

    @Test
    void what_a_killed_sudo_left_half_written_takes_no_room_for_long() throws Exception {
        write("sudo-1-2-3-refused-1001.jsonl.new", "{");
        write("sudo-9-2-3.jsonl.new", "{");
        write("other.jsonl.new", "{");
        for (String old : List.of("sudo-1-2-3-refused-1001.jsonl.new", "other.jsonl.new")) {
            Files.setLastModifiedTime(
                    spool.resolve(old), FileTime.from(Instant.now().minus(Duration.ofHours(2))));
        }
        assertThat(adopt()).isEmpty();
        assertThat(spool.resolve("sudo-1-2-3-refused-1001.jsonl.new")).doesNotExist();
        assertThat(spool.resolve("sudo-9-2-3.jsonl.new")).as("being written").exists();
        assertThat(spool.resolve("other.jsonl.new")).as("of others").exists();
    }

    @Test
    void records_that_wait_in_the_store_are_adopted_once() throws Exception {
        storage()
                .commit(
                        new Change(
                                List.of(
                                        new Mutation.Put(
                                                Table.AGENT_STATE,
                                                "spool/x",
                                                LINE.getBytes(StandardCharsets.UTF_8))),
                                List.of()));
        assertThat(adopt()).isEmpty();
        assertThat(adopt()).isEmpty();
        assertThat(records()).hasSize(1);
    }

    @Test
    void f7_a_half_written_line_loses_no_other_and_the_file_is_set_aside() throws Exception {
        write("a.jsonl", LINE + "\n" + LINE.substring(0, 40));
        assertThat(adopt()).containsExactly("spool file `a.jsonl`: not well-formed");
        assertThat(records()).hasSize(1);
        assertThat(spool.resolve("a.jsonl.bad")).exists();
        assertThat(adopt()).isEmpty();
        assertThat(records()).hasSize(1);
    }

    @Test
    void a_file_that_cannot_be_removed_is_not_adopted_again_at_any_start() throws Exception {
        Path stuck = Files.createDirectories(spool.resolve("a.jsonl"));
        Files.writeString(stuck.resolve("x"), "");
        mark("a.jsonl", "clean");
        for (int i = 0; i < 2; i++) {
            assertThat(adopt()).singleElement().asString().contains("can't be removed");
        }
        assertThat(records()).isEmpty();
        assertThat(storage().list(Table.AGENT_STATE)).containsKey("adopted/a.jsonl");
    }

    @Test
    void a_name_that_still_carries_its_mark_is_skipped() throws Exception {
        write("a.jsonl", LINE);
        mark("a.jsonl", "clean");
        SpoolFolder full =
                new SpoolFolder(spool) {
                    @Override
                    void remove(String name) throws IOException {
                        throw new IOException("read-only");
                    }
                };
        for (int i = 0; i < 2; i++) {
            assertThat(new Adoption(storage(), full, InstantSource.system()).run()).hasSize(1);
        }
        assertThat(records()).isEmpty();
    }

    @Test
    void files_set_aside_get_a_fresh_name_each() throws Exception {
        for (String name : List.of("a.jsonl.bad", "a.jsonl.2.bad", "a.jsonl.3.bad")) {
            write("a.jsonl", "no record");
            assertThat(adopt()).hasSize(1);
            assertThat(spool.resolve(name)).exists();
            assertThat(spool.resolve("a.jsonl")).doesNotExist();
        }
        assertThat(adopt()).isEmpty();
    }

    @Test
    void an_over_long_line_costs_no_other_and_the_file_is_set_aside() throws Exception {
        write("a.jsonl", LINE + "\n" + LINE + " ".repeat(SpoolLine.LONGEST) + "\n" + LINE);
        assertThat(adopt()).containsExactly("spool file `a.jsonl`: a line of more than 256 KiB");
        assertThat(records()).hasSize(2);
        assertThat(spool.resolve("a.jsonl.bad")).exists();
    }

    @Test
    void a_record_that_the_store_refuses_does_not_keep_the_audit_from_coming_up() throws Exception {
        write("a.jsonl", LINE.replace("/tmp/x.jar", "/refused"));
        write("b.jsonl", LINE);
        waiting(LINE.replace("/tmp/x.jar", "/refused"));

        assertThat(
                        new Adoption(
                                        refusing(false),
                                        new SpoolFolder(spool),
                                        InstantSource.system())
                                .run())
                .containsExactly(
                        "waiting record `spool/x`: too large",
                        "spool file `a.jsonl`: none of its records: too large");
        assertThat(records()).hasSize(1);
        assertThat(spool.resolve("a.jsonl.bad")).exists();
        assertThat(
                        new Adoption(
                                        refusing(false),
                                        new SpoolFolder(spool),
                                        InstantSource.system())
                                .run())
                .hasSize(1);
        assertThat(records()).hasSize(1);
    }

    @Test
    void without_a_store_that_works_nothing_is_set_aside_and_there_is_no_audit() throws Exception {
        write("a.jsonl", LINE);
        assertThatThrownBy(
                        () ->
                                new Adoption(
                                                refusing(true),
                                                new SpoolFolder(spool),
                                                InstantSource.system())
                                        .run())
                .isInstanceOf(StorageException.class);
        assertThat(spool.resolve("a.jsonl")).exists();
    }

    @Test
    void ab_21_what_others_could_have_put_there_is_neither_adopted_nor_removed() throws Exception {
        write("others.jsonl", LINE);
        Files.setPosixFilePermissions(
                spool.resolve("others.jsonl"), PosixFilePermissions.fromString("rw-rw-rw-"));
        Path elsewhere = Files.writeString(temp.resolve("elsewhere"), LINE);
        Files.createSymbolicLink(spool.resolve("link.jsonl"), elsewhere);
        Files.createDirectory(spool.resolve("dir.jsonl"));
        write("large.jsonl", " ".repeat((int) SpoolFolder.LARGEST + 1));
        write("we ird.jsonl", LINE);
        assertThat(adopt()).hasSize(5);
        assertThat(records()).isEmpty();
        assertThat(elsewhere).exists();
        assertThat(spool.resolve("others.jsonl")).exists();
    }

    @Test
    void a_folder_that_others_may_write_to_is_not_looked_into() throws Exception {
        write("a.jsonl", LINE);
        Files.setPosixFilePermissions(spool, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(adopt()).hasSize(1).allMatch(fault -> fault.contains("could have been written"));
        assertThat(records()).isEmpty();
    }

    @Test
    void lines_that_are_no_records_are_refused() {
        for (String bad :
                List.of(
                        "",
                        "[]",
                        "{}",
                        "null",
                        LINE + LINE,
                        LINE.replace("BUNDLE_REFUSED", "NO_SUCH_TYPE"),
                        LINE.replace("2026-11-25T10:00:00Z", "yesterday"),
                        LINE.replace("2026-11-25T10:00:00Z", "+999999999-11-25T10:00:00Z"),
                        LINE.replace("2026-11-25T10:00:00Z", "-000001-11-25T10:00:00Z"),
                        LINE.replace("\"outcome\"", "\"hash\""),
                        LINE.replace("\"reason\":", "\"outcome\":"),
                        LINE.replace("\"not signed\"", "7"),
                        LINE.replace("\"sha256\":\"ab\"", "\"a\":{\"b\":{\"c\":{\"d\":1}}}"))) {
            assertThatThrownBy(() -> SpoolLine.parse(bad, "x"))
                    .as(bad)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private List<String> adopt() throws Exception {
        return new Adoption(storage(), new SpoolFolder(spool), InstantSource.system()).run();
    }

    private List<AuditEntry> records() throws Exception {
        return storage().audit(AuditQuery.after(0, 100));
    }

    private Storage storage() {
        return store.storage();
    }

    private void mark(String name, String state) throws Exception {
        byte[] mark = state.getBytes(StandardCharsets.UTF_8);
        storage()
                .commit(
                        new Change(
                                List.of(
                                        new Mutation.Put(
                                                Table.AGENT_STATE, "adopted/" + name, mark)),
                                List.of()));
    }

    private void waiting(String line) throws Exception {
        Mutation put =
                new Mutation.Put(
                        Table.AGENT_STATE, "spool/x", line.getBytes(StandardCharsets.UTF_8));
        storage().commit(new Change(List.of(put), List.of()));
    }

    /** The store, but it takes no record about {@code /refused}, or nothing at all. */
    private Storage refusing(boolean everything) {
        return (Storage)
                Proxy.newProxyInstance(
                        Storage.class.getClassLoader(),
                        new Class<?>[] {Storage.class},
                        (proxy, method, arguments) -> {
                            if (method.getName().equals("commit")
                                    && (everything
                                            || arguments[0].toString().contains("/refused"))) {
                                throw new StorageException("too large");
                            }
                            return method.invoke(storage(), arguments);
                        });
    }

    private void write(String name, String content) throws Exception {
        Path file = Files.writeString(spool.resolve(name), content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    }
}
