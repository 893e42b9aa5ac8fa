package io.kepm.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.audit.AuditType;
import io.kepm.api.storage.Change;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Searches find what a look at every record would, and never read the store in one go. */
class AuditSearchTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final int RECORDS = AuditSearch.LED + AuditSearch.EACH + 17;
    private static final List<AuditType> TYPES =
            List.of(
                    AuditType.POLICY_EVALUATION,
                    AuditType.ELEVATION_STARTED,
                    AuditType.AGENT_GAP,
                    AuditType.JOB_RUN);

    @TempDir Path temp;

    private final Random random = new Random(3);
    private final List<AuditEntry> all = new ArrayList<>();

    private void fill(SqliteStorage storage) throws Exception {
        for (int done = 0; done < RECORDS; ) {
            List<AuditDraft> drafts = new ArrayList<>();
            for (int i = 0; i < 500 && done < RECORDS; i++, done++) {
                drafts.add(draft(done));
            }
            all.addAll(storage.commit(new Change(List.of(), drafts)));
        }
    }

    /** A gap is rare; a hundredth was adopted, and happened long before its place. */
    private AuditDraft draft(int n) {
        AuditType type = n % 20_000 == 5 ? AuditType.AGENT_GAP : TYPES.get(random.nextInt(2));
        int second = random.nextInt(100) == 0 ? random.nextInt(n + 1) : n;
        return AuditDraft.of(type, "OK")
                .user(AuditDraft.UserInfo.of("u" + random.nextInt(3), 1_000))
                .target(
                        new AuditDraft.TargetInfo(
                                "/bin/t" + random.nextInt(3), List.of(), "", "", "root"))
                .time(START.plusSeconds(second))
                .build();
    }

    @Test
    void every_search_finds_what_a_look_at_all_records_finds() throws Exception {
        try (SqliteStorage storage = Stores.open(temp)) {
            fill(storage);
            for (int i = 0; i < 80; i++) {
                AuditQuery query = query();
                assertThat(storage.audit(query).stream().map(AuditEntry::seq))
                        .as(query.toString())
                        .isEqualTo(expected(query));
            }
        }
    }

    private AuditQuery query() {
        int from = random.nextInt(RECORDS);
        int length = random.nextInt(random.nextBoolean() ? 100 : RECORDS);
        return new AuditQuery(
                random.nextInt(3) == 0
                        ? List.of()
                        : List.of(TYPES.get(1 + random.nextInt(3)).name()),
                maybe("u" + random.nextInt(4)),
                maybe("/bin/t" + random.nextInt(4)),
                Optional.empty(),
                maybe(START.plusSeconds(from)),
                maybe(START.plusSeconds(from + length)),
                random.nextBoolean() ? 0 : random.nextInt(RECORDS + 10),
                1 + random.nextInt(30),
                random.nextBoolean());
    }

    private <T> Optional<T> maybe(T value) {
        return random.nextInt(3) == 0 ? Optional.of(value) : Optional.empty();
    }

    private List<Long> expected(AuditQuery query) {
        Comparator<AuditEntry> order = Comparator.comparing(AuditEntry::seq);
        return all.stream()
                .filter(entry -> query.types().isEmpty() || query.types().contains(entry.type()))
                .filter(entry -> holds(entry, "name", query.user()))
                .filter(entry -> holds(entry, "path", query.target()))
                .filter(entry -> query.from().filter(entry.time()::isBefore).isEmpty())
                .filter(entry -> query.to().filter(entry.time()::isAfter).isEmpty())
                .filter(
                        entry ->
                                query.after() == 0
                                        || (query.newestFirst()
                                                ? entry.seq() < query.after()
                                                : entry.seq() > query.after()))
                .sorted(query.newestFirst() ? order.reversed() : order)
                .limit(query.limit())
                .map(AuditEntry::seq)
                .toList();
    }

    private static boolean holds(AuditEntry entry, String member, Optional<String> wanted) {
        return wanted.filter(text -> !entry.json().contains("\"" + member + "\":\"" + text + "\""))
                .isEmpty();
    }

    /** Decisions wait for one step at most; and no step may sort all records of a time. */
    @Test
    void ab_140_no_step_of_a_search_reads_more_than_its_places() throws Exception {
        try (SqliteStorage storage = Stores.open(temp)) {
            storage.commit(Change.record(Stores.draft("one")));
            for (boolean isLed : new boolean[] {true, false}) {
                for (boolean newestFirst : new boolean[] {true, false}) {
                    AuditQuery query =
                            new AuditQuery(
                                    List.of("AGENT_GAP"),
                                    isLed ? Optional.of("alice") : Optional.empty(),
                                    Optional.empty(),
                                    Optional.empty(),
                                    Optional.of(START),
                                    Optional.of(START),
                                    0,
                                    100,
                                    newestFirst);
                    List<String> plan = storage.read(tables -> plan(tables, query));
                    assertThat(plan)
                            .as(query.toString())
                            .singleElement()
                            .asString()
                            .startsWith("SEARCH audit USING ")
                            .containsPattern("(rowid|seq)>\\? AND (rowid|seq)<\\?");
                }
            }
        }
    }

    /** What SQLite says that it will do, line by line. */
    private static List<String> plan(StoreTables tables, AuditQuery query) throws SQLException {
        AuditStatement statement =
                AuditStatement.of(query, tables.hashes(), Optional.of(new AuditSearch.Span(1, 9)));
        List<String> plan = new ArrayList<>();
        try (PreparedStatement explain =
                tables.database().once("EXPLAIN QUERY PLAN " + statement.sql())) {
            for (int i = 0; i < statement.values().size(); i++) {
                explain.setObject(i + 1, statement.values().get(i));
            }
            try (ResultSet rows = explain.executeQuery()) {
                while (rows.next()) {
                    plan.add(rows.getString("detail"));
                }
            }
        }
        return plan;
    }
}
