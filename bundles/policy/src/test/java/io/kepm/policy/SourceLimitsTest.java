package io.kepm.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.policy.SourceLimits;
import io.kepm.api.policy.SourceLimits.Source;
import io.kepm.api.policy.SourceLimits.Turn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SourceLimitsTest {

    private static final Source ALICE = Source.user(1001);
    private static final Source BOB = Source.user(1002);
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final String SESSION = "1001@/dev/pts/3";

    private final AtomicLong nanos = new AtomicLong(-5);
    private final List<Long> slept = new ArrayList<>();
    private Runnable meanwhile = () -> {};
    private final FakeStore store = new FakeStore();
    private final AtomicReference<LimitedSource.Bounds> bounds = new AtomicReference<>();
    private SourceLimitsComponent limits = limits(100, 200, 10_000);

    private SourceLimitsComponent limits(int perMinute, int waiting, int most) {
        bounds.set(new LimitedSource.Bounds(perMinute, waiting, 10, Duration.ofMinutes(5)));
        return new SourceLimitsComponent(
                bounds::get,
                most,
                store,
                nanos::get,
                nap -> {
                    slept.add(nap);
                    meanwhile.run();
                },
                uid -> "uid" + uid + "+ws-17");
    }

    @AfterEach
    void stop() {
        limits.stop();
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private Turn ask(Source source) {
        return limits.take(source, SESSION, Duration.ZERO);
    }

    private static String code(Turn turn) {
        return turn instanceof Turn.Refused refused ? refused.code() : "granted";
    }

    private List<String> records() {
        limits.report();
        return store.drafts.stream().map(SourceLimitsTest::words).toList();
    }

    private static String words(AuditDraft draft) {
        return draft.type() + " " + draft.details().getOrDefault("count", "-");
    }

    @Test
    void no_span_of_a_minute_holds_more_than_its_turns() {
        for (int i = 0; i < 100; i++) {
            assertThat(code(ask(ALICE))).isEqualTo("granted");
            pass(Duration.ofMillis(100));
        }
        assertThat(ask(ALICE)).isEqualTo(new Turn.Refused("rate_limited", Duration.ofSeconds(50)));
        pass(Duration.ofSeconds(50));
        assertThat(code(ask(ALICE))).isEqualTo("granted");
        assertThat(code(ask(ALICE))).isEqualTo("rate_limited");
        pass(Duration.ofMillis(100));
        assertThat(code(ask(ALICE))).isEqualTo("granted");
        assertThat(code(ask(BOB))).as("others").isEqualTo("granted");
        assertThat(records()).containsExactly("RATE_LIMITED 2");
        assertThat(records()).as("once").hasSize(1);
    }

    @Test
    void the_excess_waits_in_order_and_not_longer_than_half_a_minute() {
        for (int i = 0; i < 100; i++) {
            ask(ALICE);
            pass(Duration.ofMillis(500));
        }
        // The first turn was 50 s ago: ten seconds to wait, then half a second more for each.
        for (int i = 0; i < 5; i++) {
            assertThat(code(limits.take(ALICE, SESSION, LONG))).isEqualTo("granted");
        }
        assertThat(slept)
                .containsExactly(
                        10_000_000_000L,
                        10_500_000_000L,
                        11_000_000_000L,
                        11_500_000_000L,
                        12_000_000_000L);
        for (int i = 0; i < 36; i++) {
            limits.take(ALICE, SESSION, LONG);
        }
        assertThat(slept).hasSize(41);
        assertThat(limits.take(ALICE, SESSION, LONG))
                .isEqualTo(new Turn.Refused("rate_limited", Duration.ofMillis(30_500)));
        assertThat(records()).containsExactly("RATE_QUEUED 41", "RATE_LIMITED 1");
    }

    @Test
    void a_full_queue_refuses_and_holds_up_nobody_else() throws Exception {
        limits.stop();
        CountDownLatch wake = new CountDownLatch(1);
        limits =
                new SourceLimitsComponent(
                        () -> new LimitedSource.Bounds(1, 2, 10, Duration.ofMinutes(5)),
                        10,
                        store,
                        nanos::get,
                        nap -> wake.await(),
                        Long::toString);
        ask(ALICE);
        pass(Duration.ofSeconds(59));
        List<Thread> sleepers = new ArrayList<>();
        CountDownLatch granted = new CountDownLatch(1);
        Thread sleeper =
                new Thread(
                        () -> {
                            if (limits.take(ALICE, SESSION, LONG) instanceof Turn.Granted) {
                                granted.countDown();
                            }
                        });
        sleeper.start();
        sleepers.add(sleeper);
        for (int i = 0; i < 6_000 && sleeper.getState() != Thread.State.WAITING; i++) {
            Thread.sleep(10);
        }
        assertThat(code(limits.take(ALICE, SESSION, LONG)))
                .as("a minute away")
                .isEqualTo("rate_limited");
        assertThat(code(limits.take(BOB, SESSION, LONG))).isEqualTo("granted");
        assertThat(granted.getCount()).isEqualTo(1);
        wake.countDown();
        assertThat(granted.await(60, TimeUnit.SECONDS)).isTrue();
        for (Thread each : sleepers) {
            each.join();
        }
    }

    @Test
    void other_bounds_count_from_the_next_turn_on_and_what_was_taken_is_not_forgotten() {
        for (int i = 0; i < 100; i++) {
            ask(ALICE);
            pass(Duration.ofMillis(100));
        }
        bounds.set(new LimitedSource.Bounds(150, 0, 10, Duration.ofMinutes(5)));
        for (int i = 0; i < 50; i++) {
            assertThat(code(ask(ALICE))).isEqualTo("granted");
        }
        assertThat(code(limits.take(ALICE, SESSION, LONG)))
                .as("none may wait")
                .isEqualTo("rate_limited");
        bounds.set(new LimitedSource.Bounds(2, 0, 3, Duration.ofMinutes(1)));
        assertThat(ask(ALICE)).isEqualTo(new Turn.Refused("rate_limited", Duration.ofMinutes(1)));
        pass(Duration.ofMinutes(1));
        assertThat(code(ask(ALICE))).isEqualTo("granted");
        assertThat(code(ask(ALICE))).isEqualTo("granted");
        assertThat(code(ask(ALICE))).isEqualTo("rate_limited");
        for (int i = 0; i < 3; i++) {
            limits.judged(ALICE, SESSION, true);
        }
        assertThat(ask(ALICE)).isEqualTo(new Turn.Refused("circuit_open", Duration.ofMinutes(1)));
    }

    @Test
    void ten_failures_in_a_row_cut_a_source_off_for_five_minutes() {
        for (int i = 0; i < 9; i++) {
            limits.judged(ALICE, SESSION, true);
        }
        limits.judged(ALICE, SESSION, false);
        for (int i = 0; i < 9; i++) {
            limits.judged(ALICE, SESSION, true);
        }
        assertThat(code(ask(ALICE))).isEqualTo("granted");
        limits.judged(ALICE, SESSION, true);
        assertThat(ask(ALICE)).isEqualTo(new Turn.Refused("circuit_open", Duration.ofMinutes(5)));
        // What was under way neither closes it nor makes it longer.
        limits.judged(ALICE, SESSION, false);
        limits.judged(ALICE, SESSION, true);
        pass(Duration.ofMinutes(5).minusNanos(1));
        assertThat(code(ask(ALICE))).isEqualTo("circuit_open");
        assertThat(code(ask(BOB))).isEqualTo("granted");
        pass(Duration.ofNanos(1));
        assertThat(code(ask(ALICE))).isEqualTo("granted");
        limits.judged(ALICE, SESSION, true);
        assertThat(code(ask(ALICE))).as("counted anew").isEqualTo("granted");
        assertThat(records())
                .as("what was refused meanwhile is counted")
                .containsExactly("CIRCUIT_OPENED -", "CIRCUIT_CLOSED -", "RATE_LIMITED 2");
        assertThat(store.drafts.get(2).details()).containsEntry("code", "circuit_open");
    }

    @Test
    void every_record_of_a_limit_names_the_session_and_another_one_resets_nothing() {
        for (int i = 0; i < 100; i++) {
            limits.take(ALICE, "1001@/dev/pts/" + i, Duration.ZERO);
        }
        assertThat(code(limits.take(ALICE, "1001@/dev/pts/100", Duration.ZERO)))
                .isEqualTo("rate_limited");
        pass(Duration.ofSeconds(40));
        limits.take(ALICE, "1001@/dev/pts/101", LONG);
        limits.report();
        for (int i = 0; i < 10; i++) {
            limits.judged(ALICE, "1001@/dev/pts/" + i, true);
        }
        limits.take(ALICE, "1001@/dev/pts/8", Duration.ZERO);
        pass(Duration.ofMinutes(5));
        limits.take(ALICE, "1001@api", Duration.ZERO);
        limits.report();
        assertThat(store.drafts)
                .allMatch(d -> d.user().orElseThrow().session().equals(d.ids().get("session_uid")))
                .extracting(d -> d.type() + " " + d.ids().get("session_uid"))
                .containsExactly(
                        "RATE_QUEUED 1001@/dev/pts/101",
                        "RATE_LIMITED 1001@/dev/pts/101",
                        "CIRCUIT_OPENED 1001@/dev/pts/9",
                        "CIRCUIT_CLOSED 1001@api",
                        "RATE_LIMITED 1001@/dev/pts/8");
    }

    @Test
    void who_waited_while_the_circuit_opened_is_refused_too() {
        for (int i = 0; i < 100; i++) {
            ask(ALICE);
        }
        pass(Duration.ofSeconds(40));
        meanwhile =
                () -> {
                    for (int i = 0; i < 10; i++) {
                        limits.judged(ALICE, SESSION, true);
                    }
                };
        assertThat(code(limits.take(ALICE, SESSION, LONG))).isEqualTo("circuit_open");
        assertThat(slept).hasSize(1);
        assertThat(store.drafts.get(0).details()).containsEntry("source", "uid1001+ws-17");
    }

    @Test
    void ab_138_a_component_is_a_source_of_its_own_and_a_session_is_none() {
        Source plugin = new Source("tickets", 1001);
        for (int i = 0; i < 10; i++) {
            limits.judged(plugin, SESSION, true);
        }
        assertThat(code(ask(plugin))).isEqualTo("circuit_open");
        assertThat(code(ask(ALICE))).isEqualTo("granted");
    }

    @Test
    void ab_138_crowding_the_table_gets_nobody_out_of_a_circuit() {
        for (int i = 0; i < 10; i++) {
            limits.judged(ALICE, SESSION, true);
        }
        // Nine failures are not forgotten either while a circuit would still be open.
        for (int i = 0; i < 9; i++) {
            limits.judged(BOB, SESSION, true);
        }
        for (int uid = 10_000; uid < 40_000; uid++) {
            ask(Source.user(uid));
            limits.judged(Source.user(uid), SESSION, uid % 2 == 0);
            pass(Duration.ofMillis(1));
        }
        assertThat(code(ask(ALICE))).isEqualTo("circuit_open");
        assertThat(figures())
                .as("the table, one place for the others, one circuit")
                .endsWith(", 10001, 1");
        assertThat(code(ask(Source.user(1003)))).as("who is new").isEqualTo("rate_limited");
        pass(Duration.ofMinutes(3));
        for (int uid = 40_000; uid < 60_000; uid++) {
            ask(Source.user(uid));
        }
        limits.judged(BOB, SESSION, true);
        assertThat(code(ask(BOB))).isEqualTo("circuit_open");
    }

    @Test
    void ten_thousand_sources_are_told_apart_and_those_beyond_share_one_place() {
        for (int uid = 0; uid < 10_000; uid++) {
            for (int i = 0; i < 100; i++) {
                ask(Source.user(uid));
            }
        }
        assertThat(code(ask(Source.user(5000)))).isEqualTo("rate_limited");
        for (int i = 0; i < 100; i++) {
            assertThat(code(ask(Source.user(20_000 + i)))).isEqualTo("granted");
        }
        assertThat(code(ask(Source.user(30_000)))).isEqualTo("rate_limited");
        pass(Duration.ofMinutes(1));
        limits.report();
        assertThat(code(ask(Source.user(30_000)))).isEqualTo("granted");
    }

    private String figures() {
        return limits.metrics().stream()
                .flatMap(
                        metric ->
                                metric.samples().stream()
                                        .map(
                                                sample ->
                                                        String.join("", sample.labels().values())
                                                                + " "
                                                                + (long) sample.value()))
                .collect(Collectors.joining(","));
    }

    @Test
    void what_sources_were_told_is_counted_without_saying_who_they_are() {
        for (int i = 0; i < 102; i++) {
            ask(ALICE);
        }
        pass(Duration.ofSeconds(40));
        limits.take(ALICE, SESSION, LONG);
        for (int i = 0; i < 10; i++) {
            limits.judged(BOB, SESSION, true);
        }
        ask(BOB);
        assertThat(figures()).isEqualTo("circuit_open 1,granted 101,queued 1,rate_limited 2, 2, 1");
        pass(Duration.ofMinutes(5));
        assertThat(figures()).endsWith(", 2, 0");
        for (int uid = 0; uid < 1_000; uid++) {
            ask(Source.user(uid));
        }
        assertThat(limits.metrics().stream().mapToInt(metric -> metric.samples().size()).sum())
                .isEqualTo(6);
    }

    @Test
    void the_text_says_when_it_works_again() {
        assertThat(new Turn.Refused(SourceLimits.RATE_LIMITED, Duration.ofMillis(200)).text())
                .contains("within a minute")
                .endsWith("in 1 s");
        assertThat(new Turn.Refused(SourceLimits.CIRCUIT_OPEN, Duration.ofSeconds(299)).text())
                .contains("in a row were refused")
                .endsWith("in 5 min");
    }
}
