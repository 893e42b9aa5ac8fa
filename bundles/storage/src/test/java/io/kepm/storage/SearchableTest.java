package io.kepm.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.audit.AuditType;
import io.kepm.api.storage.Change;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The indexes are filled after the commit: no search may miss a record for that. */
class SearchableTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir private Path folder;

    private static AuditDraft draft(int n) {
        return AuditDraft.of(AuditType.POLICY_EVALUATION, "ALLOW")
                .user(AuditDraft.UserInfo.of("u" + n % 97, 1_000))
                .target(new AuditDraft.TargetInfo("/bin/t" + n % 89, List.of(), "", "/", "root"))
                .request("r" + n)
                .time(START.plusSeconds(n))
                .build();
    }

    private static void commit(SqliteStorage storage, int from, int count) throws Exception {
        List<AuditDraft> drafts = new ArrayList<>();
        for (int n = from; n < from + count; n++) {
            drafts.add(draft(n));
        }
        storage.commit(new Change(List.of(), drafts));
    }

    private static AuditQuery query(
            Optional<String> user, Optional<String> target, Optional<String> request, int second) {
        Optional<Instant> time =
                second < 0 ? Optional.empty() : Optional.of(START.plusSeconds(second));
        return new AuditQuery(List.of(), user, target, request, time, time, 0, 1_000, true);
    }

    private static List<Long> seqs(SqliteStorage storage, AuditQuery query) throws Exception {
        return storage.audit(query).stream().map(AuditEntry::seq).toList();
    }

    /** By each of the four indexes. */
    private static void assertFound(SqliteStorage storage, int n, long seq) throws Exception {
        Optional<String> none = Optional.empty();
        Optional<String> user = Optional.of("u" + n % 97);
        Optional<String> target = Optional.of("/bin/t" + n % 89);
        assertThat(seqs(storage, query(user, none, none, -1))).contains(seq);
        assertThat(seqs(storage, query(none, target, none, -1))).contains(seq);
        assertThat(seqs(storage, query(none, none, Optional.of("r" + n), -1))).containsExactly(seq);
        assertThat(seqs(storage, query(none, none, none, n))).containsExactly(seq);
        assertThat(seqs(storage, query(user, target, none, n))).containsExactly(seq);
    }

    @Test
    void a_record_is_found_as_soon_as_it_is_durable() throws Exception {
        try (SqliteStorage storage = Stores.open(folder)) {
            for (int n = 0; n < 20; n++) {
                commit(storage, n, 1);
                assertFound(storage, n, n + 1);
            }
            commit(storage, 20, 1_300);
            assertThat(waiting(storage)).isLessThan(512);
            for (int n : new int[] {20, 531, 532, 1_100, 1_319}) {
                assertFound(storage, n, n + 1);
            }
        }
    }

    /** The store was closed, or its agent killed, before they were in the indexes. */
    @Test
    void a_record_is_found_by_the_next_agent() throws Exception {
        try (SqliteStorage storage = Stores.open(folder)) {
            commit(storage, 0, 700);
            assertFound(storage, 699, 700);
            commit(storage, 700, 40);
        }
        Stores.tamper(folder, "UPDATE audit SET searchable = 0 WHERE seq > 700");
        try (SqliteStorage storage = Stores.open(folder)) {
            commit(storage, 740, 1);
            for (int n : new int[] {0, 699, 700, 720, 739, 740}) {
                assertFound(storage, n, n + 1);
            }
            assertThat(waiting(storage)).isZero();
        }
    }

    /** The table's leaf and the head, and now and then an inner page; six were written before. */
    @Test
    void a_commit_writes_few_pages() throws Exception {
        try (SqliteStorage storage = Stores.open(folder)) {
            commit(storage, 0, 5_000);
            long pages = 0;
            for (int n = 0; n < 40; n++) {
                framesSinceLast(storage);
                commit(storage, 5_000 + n, 1);
                pages += framesSinceLast(storage);
            }
            assertThat(pages).isBetween(80L, 130L);
        }
    }

    private static long waiting(SqliteStorage storage) throws Exception {
        return storage.read(tables -> tables.audit().waiting(storage.head().seq()));
    }

    /** A commit after a whole checkpoint begins the log anew. */
    private static long framesSinceLast(SqliteStorage storage) throws Exception {
        return storage.read(
                tables ->
                        ((Number)
                                        tables.database()
                                                .rows("PRAGMA wal_checkpoint(PASSIVE)")
                                                .get(0)[1])
                                .longValue());
    }
}
