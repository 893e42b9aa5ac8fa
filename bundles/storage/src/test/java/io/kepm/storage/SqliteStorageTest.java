package io.kepm.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.health.HealthCheck.Level;
import io.kepm.api.metrics.Metric;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteStorageTest {

    @TempDir Path temp;

    @Test
    void its_figures_are_those_of_what_was_done_and_have_no_text_of_it() throws Exception {
        try (SqliteStorage storage = Stores.open(temp)) {
            storage.commit(Change.record(Stores.draft("one"), Stores.draft("two")));
            assertThatThrownBy(() -> storage.commit(Stores.take("nothing")))
                    .isInstanceOf(StorageException.class);
            Map<String, Double> figures = new TreeMap<>();
            for (Metric metric : storage.metrics()) {
                for (Metric.Sample sample : metric.samples()) {
                    figures.put(metric.name() + sample.suffix() + sample.labels(), sample.value());
                }
            }
            // The first commit is that of the agent's own number.
            assertThat(figures)
                    .containsEntry("kepm_commits_total{result=ok}", 2.0)
                    .containsEntry("kepm_commits_total{result=failed}", 0.0)
                    .containsEntry("kepm_commit_seconds_count{}", 2.0)
                    .containsEntry("kepm_audit_records_total{}", 2.0)
                    .containsEntry("kepm_storage_queue{kind=changes}", 0.0)
                    .containsEntry("kepm_storage_queue{kind=reads}", 0.0)
                    .hasSize(26);
            assertThat(figures.get("kepm_storage_bytes{file=database}")).isPositive();
            assertThat(figures.get("kepm_storage_bytes{file=wal}")).isPositive();
            assertThat(figures.get("kepm_storage_free_bytes{}")).isPositive();
        }
    }

    @Test
    void values_and_records_survive_closing_and_opening() throws Exception {
        Path folder = temp.resolve("KeeperStorage");
        String uid;
        try (SqliteStorage storage = Stores.open(folder)) {
            uid = storage.agentUid();
            List<AuditEntry> entries =
                    storage.commit(
                            new Change(
                                    List.of(
                                            new Mutation.Put(
                                                    Table.GRANTS, "g1", Stores.utf8("one"))),
                                    List.of(Stores.draft("a"), Stores.draft("b"))));
            assertThat(entries).extracting(AuditEntry::seq).containsExactly(1L, 2L);
            assertThat(entries.get(0).json()).contains("\"agent_uid\":\"" + uid + "\"");
        }
        try (SqliteStorage storage = Stores.open(folder)) {
            assertThat(storage.agentUid()).isEqualTo(uid);
            assertThat(UUID.fromString(uid).version()).isEqualTo(7);
            assertThat(Stores.text(storage, "g1")).contains("one");
            assertThat(storage.auditHead().orElseThrow().seq()).isEqualTo(2);
            assertThat(Stores.verify(storage)).isEqualTo("intact: 2");
            assertThat(storage.health().level()).isEqualTo(Level.HEALTHY);
        }
    }

    @Test
    void a_value_can_be_replaced_listed_and_taken_once() throws Exception {
        try (SqliteStorage storage = Stores.open(temp)) {
            storage.commit(Stores.put("b", "1"));
            storage.commit(Stores.put("b", "2"));
            storage.commit(Stores.create("a", "3"));
            assertThat(storage.list(Table.GRANTS)).containsOnlyKeys("a", "b");
            assertThat(Stores.text(storage, "b")).contains("2");
            storage.commit(Stores.take("b"));
            assertThat(Stores.text(storage, "b")).isEmpty();
            assertThat(storage.get(Table.REQUESTS, "a")).isEmpty();
            assertThatThrownBy(() -> storage.commit(Stores.take("b")))
                    .isInstanceOf(StorageException.class)
                    .hasMessage("`GRANTS/b` is not there, or no more");
            assertThatThrownBy(() -> storage.commit(Stores.create("a", "4")))
                    .isInstanceOf(StorageException.class)
                    .hasMessage("`GRANTS/a` is there already");
        }
    }

    @Test
    void a_refused_change_leaves_neither_values_nor_records() throws Exception {
        try (SqliteStorage storage = Stores.open(temp)) {
            Change change =
                    new Change(
                            List.of(
                                    new Mutation.Put(Table.GRANTS, "new", Stores.utf8("x")),
                                    new Mutation.Take(Table.GRANTS, "missing")),
                            List.of(Stores.draft("never")));
            assertThatThrownBy(() -> storage.commit(change)).isInstanceOf(StorageException.class);
            assertThat(Stores.text(storage, "new")).isEmpty();
            assertThat(storage.auditHead()).isEmpty();
        }
    }

    @Test
    void steps_of_one_change_see_the_steps_before_them() throws Exception {
        try (SqliteStorage storage = Stores.open(temp)) {
            storage.commit(
                    new Change(
                            List.of(
                                    new Mutation.Create(Table.GRANTS, "k", Stores.utf8("1")),
                                    new Mutation.Take(Table.GRANTS, "k"),
                                    new Mutation.Create(Table.GRANTS, "k", Stores.utf8("2"))),
                            List.of()));
            assertThat(Stores.text(storage, "k")).contains("2");
        }
        try (SqliteStorage storage = Stores.open(temp)) {
            assertThat(Stores.text(storage, "k")).contains("2");
        }
    }

    @Test
    void records_are_found_by_each_thing_that_is_searched_for() throws Exception {
        try (SqliteStorage storage = Stores.open(temp)) {
            for (String reason : List.of("a", "b", "c")) {
                storage.commit(Change.record(Stores.draft(reason)));
            }
            assertThat(seqs(storage, query("alice", "", "", false))).containsExactly(1L, 2L, 3L);
            assertThat(seqs(storage, query("alic", "", "", false))).isEmpty();
            assertThat(seqs(storage, query("", "/usr/bin/systemctl", "", true)))
                    .containsExactly(3L, 2L, 1L);
            assertThat(seqs(storage, query("alice", "", "req-b", false))).containsExactly(2L);
            AuditQuery types =
                    new AuditQuery(
                            List.of("AGENT_STARTED", "POLICY_EVALUATION"),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.of(Instant.now().minusSeconds(60)),
                            Optional.of(Instant.now().plusSeconds(60)),
                            2,
                            1,
                            true);
            assertThat(seqs(storage, types)).containsExactly(1L);
        }
    }

    @Test
    void searched_text_is_bound_and_never_read_as_sql() throws Exception {
        try (SqliteStorage storage = Stores.open(temp)) {
            storage.commit(Change.record(Stores.draft("a")));
            AuditQuery query =
                    new AuditQuery(
                            List.of("x') OR 1=1 --"),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            0,
                            10,
                            false);
            assertThat(storage.audit(query)).isEmpty();
        }
    }

    @Test
    void keys_values_and_records_have_bounds() throws Exception {
        try (SqliteStorage storage = Stores.open(temp)) {
            assertThatThrownBy(() -> storage.commit(Stores.put("", "x")))
                    .hasMessage("a key of 0 characters: 1 to 256 are allowed");
            assertThatThrownBy(() -> storage.commit(Stores.put("x".repeat(257), "x")))
                    .isInstanceOf(StorageException.class);
            String huge = "x".repeat(BatchCommit.LONGEST_RECORD);
            assertThatThrownBy(() -> storage.commit(Change.record(Stores.draft(huge))))
                    .hasMessageContaining("at most 1048576 are allowed");
            storage.commit(Change.record(Stores.draft("still works")));
        }
    }

    @Test
    void folder_and_files_are_not_for_everybody() throws Exception {
        Path folder = temp.resolve("KeeperStorage");
        try (SqliteStorage storage = Stores.open(folder)) {
            storage.commit(Change.record(Stores.draft("a")));
            assertThat(mode(folder)).isEqualTo("rwxr-x---");
            assertThat(mode(folder.resolve("kepm.db"))).isEqualTo("rw-r-----");
            assertThat(mode(folder.resolve("kepm.db-wal"))).isEqualTo("rw-r-----");
            assertThat(mode(folder.resolve(".master.key"))).isEqualTo("r--------");
        }
    }

    @Test
    void a_folder_that_others_may_write_to_is_refused() throws Exception {
        Path folder = Files.createDirectory(temp.resolve("KeeperStorage"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatThrownBy(() -> Stores.open(folder))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("has mode 0777: run `chmod 0755 ");
    }

    @Test
    void a_store_of_a_newer_agent_is_refused() throws Exception {
        Stores.open(temp).close();
        Stores.tamper(temp, "PRAGMA user_version=7");
        assertThatThrownBy(() -> Stores.open(temp))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("schema 7 and this agent knows schemas up to 3");
    }

    @Test
    void after_closing_every_call_is_refused() throws Exception {
        SqliteStorage storage = Stores.open(temp);
        storage.close();
        assertThatThrownBy(() -> storage.commit(Stores.put("a", "b")))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> storage.list(Table.GRANTS)).isInstanceOf(StorageException.class);
        assertThat(storage.health().level()).isEqualTo(Level.UNHEALTHY);
    }

    private static List<Long> seqs(SqliteStorage storage, AuditQuery query) throws Exception {
        return storage.audit(query).stream().map(AuditEntry::seq).toList();
    }

    private static AuditQuery query(String user, String target, String request, boolean newest) {
        return new AuditQuery(
                List.of(),
                Optional.of(user).filter(text -> !text.isEmpty()),
                Optional.of(target).filter(text -> !text.isEmpty()),
                Optional.of(request).filter(text -> !text.isEmpty()),
                Optional.empty(),
                Optional.empty(),
                0,
                100,
                newest);
    }

    private static String mode(Path path) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
