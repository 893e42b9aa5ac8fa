package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditChain;
import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditPart;
import io.kepm.api.audit.AuditPlace;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.audit.AuditType;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.StorageException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What {@code GET /api/audit} finds by a filter, over a ledger of three thousand records. */
class AuditScanTest {

    private static final Instant START = Instant.parse("2026-11-25T00:00:00Z");
    private static final AuditScan.Bounds SMALL =
            new AuditScan.Bounds(100, 1_000, 4 << 20, Duration.ofSeconds(2));

    private final Ledger ledger = new Ledger();

    /** Each search of it looks at three hundred places, and says where to go on. */
    private final AuditLog slow = new Slow(ledger);

    private final AuditActions actions =
            new AuditActions(ledger, Clock.fixed(START.plus(Duration.ofHours(12)), ZoneOffset.UTC));

    /** Record n is of minute n; every hundredth is bob's, all others are alice's. */
    private static final class Ledger implements AuditLog {
        final List<AuditEntry> entries = new CopyOnWriteArrayList<>();
        final List<AuditQuery> queries = new ArrayList<>();

        Ledger() {
            for (int n = 1; n <= 3_000; n++) {
                AuditDraft draft =
                        AuditDraft.of(
                                        n % 2 == 0
                                                ? AuditType.JOB_RUN
                                                : AuditType.POLICY_EVALUATION,
                                        n % 1_000 == 0 ? "FAILED" : "OK")
                                .status(n % 1_000 == 1 ? 2 : 1)
                                .user(AuditDraft.UserInfo.of(n % 100 == 0 ? "bob" : "alice", 1))
                                .reason("half a character: \ud800")
                                .detail("n", Integer.toString(n))
                                .build();
                add(draft);
            }
        }

        void add(AuditDraft draft) {
            long n = entries.size() + 1;
            entries.add(
                    AuditChain.seal(
                            draft,
                            n,
                            "id",
                            START.plus(Duration.ofMinutes(n)),
                            "agent",
                            "1",
                            AuditChain.GENESIS));
        }

        @Override
        public List<AuditEntry> commit(Change change) throws StorageException {
            throw new StorageException("it is only read");
        }

        @Override
        public List<AuditEntry> query(AuditQuery query) {
            queries.add(query);
            Comparator<AuditEntry> order = Comparator.comparing(AuditEntry::seq);
            Stream<AuditEntry> found =
                    entries.stream()
                            .sorted(query.newestFirst() ? order.reversed() : order)
                            .filter(
                                    entry ->
                                            query.after() == 0
                                                    || (query.newestFirst()
                                                            ? entry.seq() < query.after()
                                                            : entry.seq() > query.after()))
                            .filter(
                                    entry ->
                                            query.types().isEmpty()
                                                    || query.types().contains(entry.type()))
                            .filter(
                                    entry ->
                                            query.user().isEmpty()
                                                    || entry.json()
                                                            .contains(
                                                                    "\"name\":\""
                                                                            + query.user().get()
                                                                            + '"'));
            return found.limit(query.limit()).toList();
        }

        @Override
        public Verification verify(Optional<AuditPlace> anchor) {
            return new Verification(true, entries.size(), "", "", false);
        }
    }

    /** A store that breaks each search off. */
    private record Slow(Ledger ledger) implements AuditLog {

        @Override
        public List<AuditEntry> commit(Change change) throws StorageException {
            throw new StorageException("it is only read");
        }

        @Override
        public List<AuditEntry> query(AuditQuery query) {
            throw new AssertionError("a search without an end");
        }

        @Override
        public AuditPart search(AuditQuery query) {
            long from = query.after() > 0 || !query.newestFirst() ? query.after() : 3_001;
            long end = query.newestFirst() ? from - 300 : from + 300;
            List<AuditEntry> found =
                    ledger.query(query).stream()
                            .filter(e -> query.newestFirst() ? e.seq() >= end : e.seq() <= end)
                            .toList();
            if (found.size() == query.limit()) {
                return AuditPart.whole(query, found);
            }
            return new AuditPart(found, end <= 1 || end >= 3_000 ? 0 : end);
        }

        @Override
        public Verification verify(Optional<AuditPlace> anchor) {
            return ledger.verify(anchor);
        }
    }

    private Map<String, Object> body(Map<String, String> query) throws StorageException {
        return actions.list(new Call(Caller.UNKNOWN, Map.of(), query, Map.of()))
                .body()
                .orElseThrow();
    }

    private static List<Long> seqs(Map<String, Object> body) {
        return ((List<?>) body.get("items"))
                .stream().map(item -> ((AuditEntry) item).seq()).toList();
    }

    @Test
    void what_an_index_can_tell_is_asked_of_the_store() throws StorageException {
        Map<String, Object> body =
                body(
                        Map.of(
                                "filter",
                                "user_info.name = bob AND audit_event_type = JOB_RUN",
                                "limit",
                                "2"));
        assertThat(seqs(body)).containsExactly(3_000L, 2_900L);
        assertThat(body).containsEntry("next", 2_900L).containsEntry("scanned", 2L);
        assertThat(ledger.queries).hasSize(1);
        assertThat(ledger.queries.get(0).user()).contains("bob");
        assertThat(ledger.queries.get(0).types()).containsExactly("JOB_RUN");
    }

    @Test
    void what_no_index_can_tell_is_looked_for() throws StorageException {
        Map<String, Object> body =
                body(
                        Map.of(
                                "filter",
                                "details.n BETWEEN 998 AND 1001 AND outcome != OK",
                                "order",
                                "asc"));
        assertThat(seqs(body)).containsExactly(1_000L);
        assertThat(body).containsEntry("next", Optional.empty()).containsEntry("scanned", 3_000L);
    }

    @Test
    void a_status_is_a_word_or_a_number() throws StorageException {
        assertThat(seqs(body(Map.of("status", "failed")))).containsExactly(3_000L, 2_000L, 1_000L);
        assertThat(seqs(body(Map.of("status", "2,3")))).containsExactly(2_001L, 1_001L, 1L);
        assertThat(seqs(body(Map.of("status", "failed", "filter", "details.n < 2000"))))
                .containsExactly(1_000L);
    }

    @Test
    void one_call_does_so_much_and_the_next_goes_on() throws StorageException {
        AuditScan scan = new AuditScan(ledger, Clock.systemUTC(), SMALL);
        AuditQuery asked = AuditQuery.after(0, 10);
        AuditScan.Found first = scan.find(asked, record -> false);
        assertThat(first).isEqualTo(new AuditScan.Found(List.of(), 1_000, 1_000));
        AuditScan.Found third = scan.find(asked.page(2_000, 10), record -> false);
        assertThat(third).isEqualTo(new AuditScan.Found(List.of(), 1_000, 3_000));
        assertThat(scan.find(asked.page(3_000, 10), record -> false).next()).isZero();
        AuditScan.Found full = scan.find(asked, record -> true);
        assertThat(full.items()).hasSize(10);
        assertThat(full.next()).isEqualTo(10);
        assertThat(full.scanned()).isEqualTo(10);
    }

    @Test
    void ab_140_one_call_finds_so_much_text_and_the_next_goes_on() throws StorageException {
        AuditScan scan =
                new AuditScan(
                        ledger,
                        Clock.systemUTC(),
                        new AuditScan.Bounds(100, 1_000, 2_000, Duration.ofSeconds(60)));
        List<Long> all = new ArrayList<>();
        long next = 0;
        do {
            AuditScan.Found part = scan.find(AuditQuery.after(next, 100), record -> true);
            assertThat(part.items()).hasSizeBetween(2, 20);
            part.items().forEach(entry -> all.add(entry.seq()));
            next = part.next();
        } while (all.size() < 100);
        assertThat(all).startsWith(1L, 2L, 3L).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void one_call_takes_so_long_and_the_next_goes_on() throws StorageException {
        long[] millis = {0};
        InstantSource slow = () -> START.plusMillis(millis[0] += 1_500);
        AuditScan scan = new AuditScan(ledger, slow, SMALL);
        assertThat(scan.find(AuditQuery.after(0, 10), record -> false))
                .isEqualTo(new AuditScan.Found(List.of(), 200, 200));
    }

    @Test
    void ab_140_a_search_that_the_store_breaks_off_is_gone_on_with() throws StorageException {
        AuditScan scan =
                new AuditScan(
                        slow,
                        Clock.fixed(START, ZoneOffset.UTC),
                        new AuditScan.Bounds(100, 50_000, 4 << 20, Duration.ofSeconds(2)));
        AuditQuery bobs =
                new AuditQuery(
                        List.of(),
                        Optional.of("bob"),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        0,
                        10,
                        true);
        assertThat(scan.find(bobs, record -> true).items().stream().map(AuditEntry::seq))
                .startsWith(3_000L, 2_900L)
                .hasSize(10);
        AuditScan.Found none = scan.find(bobs, record -> false);
        assertThat(none).isEqualTo(new AuditScan.Found(List.of(), 30, 0));
        AuditScan.Found late =
                new AuditScan(slow, new Turning(), SMALL).find(bobs, record -> false);
        assertThat(late).isEqualTo(new AuditScan.Found(List.of(), 6, 2_401));
    }

    /** A second and a half later each time. */
    private static final class Turning implements InstantSource {
        private Instant now = START;

        @Override
        public Instant instant() {
            now = now.plusMillis(1_500);
            return now;
        }
    }

    @Test
    void a_list_that_the_store_breaks_off_says_where_to_go_on() throws StorageException {
        AuditActions slowly = new AuditActions(slow, Clock.fixed(START, ZoneOffset.UTC));
        long begun = System.nanoTime();
        Map<String, Object> body =
                slowly.list(
                                new Call(
                                        Caller.UNKNOWN,
                                        Map.of(),
                                        Map.of("type", "AGENT_GAP", "order", "asc", "wait", "30"),
                                        Map.of()))
                        .body()
                        .orElseThrow();
        assertThat(body).containsEntry("items", List.of()).containsEntry("next", 300L);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(30));
    }

    /** A look is on record itself, and would end the wait of the next one. */
    @Test
    void who_waits_gets_the_record_that_comes_and_is_not_woken_by_looks() throws Exception {
        AuditDraft look =
                AuditDraft.of(AuditType.ADMIN_ACTION, "OK").detail("route", "/api/audit").build();
        Thread writer =
                new Thread(
                        () -> {
                            ledger.add(look);
                            LockSupport.parkNanos(Duration.ofMillis(1_200).toNanos());
                            ledger.add(AuditDraft.of(AuditType.JOB_RUN, "OK").build());
                        });
        writer.start();
        long begun = System.nanoTime();
        assertThat(seqs(body(Map.of("after", "3000", "order", "asc", "wait", "20"))))
                .containsExactly(3_001L, 3_002L);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));
        writer.join();
        assertThat(seqs(body(Map.of("after", "3001", "order", "asc", "wait", "20"))))
                .containsExactly(3_002L);
    }

    @Test
    void what_contradicts_itself_is_not_looked_for() throws StorageException {
        Map<String, Object> body =
                body(Map.of("filter", "user_info.name = bob AND user_info.name = alice"));
        assertThat(body).containsEntry("items", List.of()).containsEntry("next", Optional.empty());
        assertThat(ledger.queries).isEmpty();
    }

    @Test
    void days_are_those_of_the_agent() throws StorageException {
        body(Map.of("filter", "event_time = today"));
        assertThat(ledger.queries.get(0).from()).contains(START);
        assertThat(ledger.queries.get(0).to()).contains(Instant.parse("2026-11-25T23:59:59.999Z"));
    }

    @Test
    void a_record_that_is_no_json_keeps_what_the_store_knows() {
        AuditEntry entry = new AuditEntry(7, START, "JOB_RUN", "{\"seq\":", "");
        assertThat(RecordText.members(entry))
                .containsEntry("seq", 7L)
                .containsEntry("audit_event_type", "JOB_RUN")
                .containsKey("unreadable");
        assertThat(RecordText.members(ledger.entries.get(0)))
                .containsEntry("seq", "1")
                .containsEntry("reason", "half a character: \ud800")
                .containsEntry("user_info", Map.of("name", "alice", "uid", "1"));
    }
}
