package io.kepm.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditPart;
import io.kepm.api.audit.AuditPlace;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.audit.AuditType;
import io.kepm.api.storage.Change;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Searches find what a look at every record would, and never read the store in one go. */
class AuditSearchTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final int RECORDS = AuditSearch.LED + AuditSearch.EACH + 17;

    /** As by a clock that is always late. */
    private static final AuditSearch.Bounds AFTER_A_STEP =
            new AuditSearch.Bounds(() -> true, Long.MAX_VALUE);

    private static final List<AuditType> TYPES =
            List.of(
                    AuditType.POLICY_EVALUATION,
                    AuditType.ELEVATION_STARTED,
                    AuditType.AGENT_GAP,
                    AuditType.JOB_RUN);

    @TempDir static Path folder;
    private static SqliteStorage filled;
    private static final List<AuditEntry> KNOWN = new ArrayList<>();

    @TempDir Path temp;

    private final Random random = new Random(3);

    @BeforeAll
    static void open() throws Exception {
        filled = Stores.open(folder);
        fill(filled, KNOWN);
    }

    @AfterAll
    static void close() {
        filled.close();
    }

    private static void fill(SqliteStorage storage, List<AuditEntry> all) throws Exception {
        Random random = new Random(3);
        for (int done = 0; done < RECORDS; ) {
            List<AuditDraft> drafts = new ArrayList<>();
            for (int i = 0; i < 500 && done < RECORDS; i++, done++) {
                drafts.add(draft(done, random));
            }
            all.addAll(storage.commit(new Change(List.of(), drafts)));
        }
    }

    /** A gap is rare; a hundredth was adopted, and happened long before its place. */
    private static AuditDraft draft(int n, Random random) {
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
        for (int i = 0; i < 80; i++) {
            AuditQuery query = query();
            assertThat(filled.audit(query).stream().map(AuditEntry::seq))
                    .as(query.toString())
                    .isEqualTo(expected(KNOWN, query));
        }
    }

    @Test
    void ab_140_a_search_that_is_broken_off_goes_on_where_it_was() throws Exception {
        goesOn(AFTER_A_STEP, 120);
    }

    @Test
    void ab_140_a_search_that_has_found_too_many_bytes_goes_on_where_it_was() throws Exception {
        goesOn(new AuditSearch.Bounds(() -> false, 1), 200);
    }

    private void goesOn(AuditSearch.Bounds bounds, int leastParts) throws Exception {
        int parts = 0;
        for (int i = 0; i < 60; i++) {
            AuditQuery query = query();
            List<Long> found = new ArrayList<>();
            long next = query.after();
            do {
                AuditPart part =
                        filled.found(query.page(next, query.limit() - found.size()), bounds);
                part.entries().forEach(entry -> found.add(entry.seq()));
                if (part.next() > 0) {
                    assertThat(part.next()).as("%s after %d", query, next).isNotEqualTo(next);
                }
                next = part.next();
                parts++;
            } while (next > 0 && found.size() < query.limit());
            assertThat(found).as(query.toString()).isEqualTo(expected(KNOWN, query));
        }
        assertThat(parts).isGreaterThan(leastParts);
    }

    /** Users can make records of 40 KiB, a thousand of which do not fit into memory twice. */
    @Test
    void ab_140_a_page_of_long_records_is_cut_and_goes_on() throws Exception {
        try (SqliteStorage storage = Stores.open(temp)) {
            for (int i = 0; i < 4; i++) {
                storage.commit(new Change(List.of(), Collections.nCopies(50, longest())));
            }
            List<Long> found = new ArrayList<>();
            long next = 0;
            int parts = 0;
            do {
                AuditPart part = storage.auditSearch(AuditQuery.after(next, 1_000));
                part.entries().forEach(entry -> found.add(entry.seq()));
                assertThat(part.entries().stream().mapToLong(e -> e.json().length()).sum())
                        .isLessThan(5 << 20);
                next = part.next();
                parts++;
            } while (next > 0);
            assertThat(found).hasSize(200).isSorted();
            assertThat(parts).isBetween(2, 4);
        }
    }

    private static AuditDraft longest() {
        return AuditDraft.of(AuditType.POLICY_EVALUATION, "DENY")
                .target(
                        new AuditDraft.TargetInfo(
                                "/bin/true", List.of("x".repeat(40_000)), "", "/", "root"))
                .build();
    }

    /** What retention takes away, also between two parts of an answer. */
    @Test
    void a_search_goes_on_over_what_was_removed_meanwhile() throws Exception {
        try (SqliteStorage storage = Stores.open(temp)) {
            List<AuditEntry> own = new ArrayList<>();
            fill(storage, own);
            AuditQuery oldest = asked(List.of(), Optional.of(START), false);
            AuditPart first = storage.found(oldest.page(0, 100), AFTER_A_STEP);
            assertThat(first.next()).isEqualTo(100);
            remove(storage, own, 5_000);
            assertThat(
                            storage.found(oldest.page(first.next(), 1), AuditSearch.Bounds.NONE)
                                    .entries())
                    .extracting(AuditEntry::seq)
                    .containsExactly(5_001L);
            AuditQuery rare = asked(List.of("AGENT_GAP"), Optional.empty(), true);
            AuditPart part = storage.found(rare.page(10_000, 100), AFTER_A_STEP);
            assertThat(part).isEqualTo(new AuditPart(List.of(), 6_000));
            remove(storage, own, 6_000);
            assertThat(storage.found(rare.page(part.next(), 100), AFTER_A_STEP))
                    .isEqualTo(new AuditPart(List.of(), 0));
            for (int i = 0; i < 40; i++) {
                AuditQuery query = query();
                assertThat(storage.audit(query).stream().map(AuditEntry::seq))
                        .as(query.toString())
                        .isEqualTo(expected(own, query));
            }
        }
    }

    private static void remove(SqliteStorage storage, List<AuditEntry> all, int through)
            throws Exception {
        AuditEntry last =
                all.stream().filter(entry -> entry.seq() == through).findFirst().orElseThrow();
        all.add(
                storage.follow(
                        before -> AuditDraft.of(AuditType.AUDIT_CHECKPOINT, "PRUNED").build(),
                        Optional.of(new AuditPlace(through, last.hash()))));
        all.removeIf(entry -> entry.seq() <= through);
    }

    @Test
    void a_search_says_where_to_go_on_unless_nothing_is_left() throws Exception {
        AuditQuery rare = asked(List.of("JOB_RUN"), Optional.empty(), true);
        assertThat(filled.found(rare, AFTER_A_STEP))
                .isEqualTo(new AuditPart(List.of(), RECORDS - AuditSearch.EACH + 1));
        assertThat(filled.found(rare, AuditSearch.Bounds.NONE))
                .isEqualTo(new AuditPart(List.of(), 0));
        assertThat(filled.auditSearch(rare)).isEqualTo(new AuditPart(List.of(), 0));
        AuditQuery oldest = asked(List.of("JOB_RUN"), Optional.empty(), false);
        assertThat(filled.found(oldest, AFTER_A_STEP))
                .isEqualTo(new AuditPart(List.of(), AuditSearch.EACH));
        AuditQuery all = asked(List.of(), Optional.empty(), false);
        assertThat(filled.auditSearch(all).next()).isEqualTo(100);
        assertThat(filled.auditSearch(all.page(RECORDS - 1, 100)).next()).isZero();
    }

    private static AuditQuery asked(
            List<String> types, Optional<Instant> from, boolean newestFirst) {
        return new AuditQuery(
                types,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                from,
                Optional.empty(),
                0,
                100,
                newestFirst);
    }

    @Test
    void ab_140_where_a_time_lies_is_found_out_in_steps() throws Exception {
        AuditTable.Times whole =
                filled.read(
                        tables ->
                                tables.audit()
                                        .times(Long.MIN_VALUE, Long.MAX_VALUE, AuditSearch.LED));
        assertThat(whole.count()).isEqualTo(AuditSearch.LED);
        List<String> plan = filled.read(AuditSearchTest::planOfTimes);
        assertThat(plan)
                .contains("SEARCH audit USING COVERING INDEX audit_time (time>? AND time<?)")
                .noneMatch(line -> line.contains("TEMP B-TREE"));

        Instant from = START.plusSeconds(10_000);
        AuditSearch.Span places = new AuditSearch.Span(1, RECORDS);
        TimeWalk walk = new TimeWalk(filled, asked(List.of(), Optional.of(from), true), 500);
        int steps = 0;
        AuditSearch.Span left = places;
        while (!walk.isOver()) {
            assertThat(left).isEqualTo(places);
            left = walk.narrowed(left);
            steps++;
        }
        long first =
                KNOWN.stream()
                        .filter(entry -> !entry.time().isBefore(from))
                        .findFirst()
                        .orElseThrow()
                        .seq();
        assertThat(left).isEqualTo(new AuditSearch.Span(first, RECORDS));
        assertThat(steps).isBetween((RECORDS - 10_000) / 500 - 2, RECORDS / 500);
    }

    /** The service passes the question on: what the interface does by itself knows no end. */
    @Test
    void the_service_has_a_search_of_its_own() throws Exception {
        assertThat(
                        StorageComponent.class
                                .getMethod("auditSearch", AuditQuery.class)
                                .getDeclaringClass())
                .isEqualTo(StorageComponent.class);
    }

    /** A clock that stands still, or a spool of a thousand lines. */
    @Test
    void more_records_of_one_moment_than_a_step_takes_are_all_found() throws Exception {
        try (SqliteStorage storage = Stores.open(temp)) {
            List<AuditDraft> drafts = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                drafts.add(AuditDraft.of(AuditType.JOB_RUN, "OK").time(START).build());
            }
            storage.commit(new Change(List.of(), drafts));
            AuditSearch.Span all = new AuditSearch.Span(1, 30);
            AuditQuery query = asked(List.of(), Optional.of(START), true);
            for (int step : new int[] {7, 30}) {
                TimeWalk walk = new TimeWalk(storage, query, step);
                assertThat(walk.narrowed(all)).isEqualTo(all);
                assertThat(walk.isOver()).isTrue();
            }
            TimeWalk walk = new TimeWalk(storage, query, 31);
            assertThat(walk.narrowed(new AuditSearch.Span(20, 90)))
                    .isEqualTo(new AuditSearch.Span(20, 30));
            TimeWalk none =
                    new TimeWalk(
                            storage, asked(List.of(), Optional.of(START.plusMillis(1)), true), 31);
            assertThat(none.narrowed(all).isEmpty()).isTrue();
        }
    }

    @Test
    void no_moment_is_stepped_over() throws Exception {
        try (SqliteStorage storage = Stores.open(temp)) {
            List<AuditDraft> drafts = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                drafts.add(
                        AuditDraft.of(AuditType.JOB_RUN, "OK").time(START.plusMillis(i)).build());
            }
            storage.commit(new Change(List.of(), drafts));
            TimeWalk walk = new TimeWalk(storage, asked(List.of(), Optional.of(START), true), 7);
            AuditSearch.Span left = new AuditSearch.Span(1, 90);
            while (!walk.isOver()) {
                left = walk.narrowed(left);
            }
            assertThat(left).isEqualTo(new AuditSearch.Span(1, 30));
        }
    }

    private static List<String> planOfTimes(StoreTables tables) throws SQLException {
        return plan(tables, new AuditStatement(AuditTable.TIMES, List.of(1L, 2L, AuditSearch.LED)));
    }

    /** A search by its request alone reads what it finds, whatever else is asked for. */
    @Test
    void ab_140_a_request_is_looked_for_in_its_own_index() throws Exception {
        try (SqliteStorage storage = Stores.open(temp)) {
            storage.commit(Change.record(Stores.draft("one")));
            AuditQuery query =
                    new AuditQuery(
                            List.of("JOB_RUN"),
                            Optional.of("root"),
                            Optional.of("/bin/sh"),
                            Optional.of("R"),
                            Optional.of(START),
                            Optional.of(START),
                            7,
                            100,
                            true);
            List<String> plan =
                    storage.read(
                            tables ->
                                    plan(
                                            tables,
                                            AuditStatement.of(
                                                    query, tables.hashes(), Optional.empty())));
            assertThat(plan)
                    .containsExactly(
                            "SEARCH audit USING INDEX audit_request (request=? AND seq<?)");
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

    private static List<Long> expected(List<AuditEntry> all, AuditQuery query) {
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
        return plan(
                tables,
                AuditStatement.of(query, tables.hashes(), Optional.of(new AuditSearch.Span(1, 9))));
    }

    private static List<String> plan(StoreTables tables, AuditStatement statement)
            throws SQLException {
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
