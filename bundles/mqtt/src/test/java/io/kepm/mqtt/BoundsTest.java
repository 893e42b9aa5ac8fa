package io.kepm.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditType;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Everything that could grow has an end. */
class BoundsTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @Test
    void a_client_that_is_too_fast_is_told_how_long_to_wait() {
        Pace pace = new Pace(new Limits.Rate(10, 1_000), 0);
        for (int i = 0; i < 20; i++) {
            assertThat(pace.take(1, 0)).isZero();
        }
        assertThat(pace.take(1, 0)).isBetween(SECOND / 11, SECOND / 9);
        assertThat(pace.take(1, 10 * SECOND)).isZero();
        assertThat(pace.take(3_000, 10 * SECOND)).isBetween(SECOND, 2 * SECOND);
        // A clock that goes back gives nothing.
        assertThat(pace.take(1, 0)).isPositive();
    }

    @Test
    void what_is_outstanding_is_bounded_in_messages_and_bytes_and_in_time() {
        Load load = new Load(Limits.STANDARD.outstanding());
        for (int i = 0; i < 1_000; i++) {
            assertThat(load.fits(100)).isTrue();
            load.add(100, 0);
        }
        assertThat(load.fits(1)).isFalse();
        load.remove(100, SECOND);
        assertThat(load.fits(1)).isTrue();
        assertThat(load.fits(4 << 20)).isFalse();
        assertThat(load.isStalled(11 * SECOND)).isFalse();
        assertThat(load.isStalled(11 * SECOND + 1)).isTrue();
        assertThat(new Load(Limits.STANDARD.outstanding()).isStalled(Long.MAX_VALUE)).isFalse();
    }

    @Test
    void the_same_denial_is_one_line_and_only_the_last_thousand_are_kept() {
        Denials denials = new Denials(InstantSource.fixed(Instant.EPOCH));
        for (int i = 0; i < 3_000; i++) {
            denials.note("plugin:a", Kind.PUBLISH, "t" + i, "no");
        }
        denials.note("plugin:a", Kind.PUBLISH, "t2999", "no");
        denials.note("plugin:a", Kind.PUBLISH, "x".repeat(10_000), "no");
        assertThat(denials.list()).hasSize(Denials.KEPT);
        assertThat(denials.list().get(0).what()).hasSizeLessThan(210);
        assertThat(denials.list().get(1).count()).isEqualTo(2);
        assertThat(denials.count(Kind.PUBLISH)).isEqualTo(3_002);
    }

    @Test
    void records_that_the_audit_cannot_keep_up_with_are_counted() throws Exception {
        CountDownLatch hanging = new CountDownLatch(1);
        Fakes.Audit audit = new Fakes.Audit();
        audit.hanging = hanging;
        Records records = new Records(audit);
        records.start();
        AuditDraft draft = AuditDraft.of(AuditType.AUTHORIZATION_FAILED, "REFUSED").build();
        for (int i = 0; i < 3_000; i++) {
            records.add(draft);
        }
        assertThat(records.lost()).isBetween(1_900L, 2_000L);
        hanging.countDown();
        TestHouse.await("what was kept", () -> audit.drafts.size() == 3_000 - records.lost());
        records.close();
    }

    @Test
    void a_listener_that_hangs_loses_messages_and_holds_up_nobody() {
        CountDownLatch hanging = new CountDownLatch(1);
        AtomicInteger quick = new AtomicInteger();
        Ears ears = new Ears();
        List<TopicFilter> all = List.of(TopicFilter.of("a/#"));
        ears.add(
                (topic, payload) -> {
                    try {
                        hanging.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                all,
                topic -> true);
        ears.add((topic, payload) -> quick.incrementAndGet(), all, topic -> true);
        ears.add(
                (topic, payload) -> {
                    throw new IllegalStateException("a fault of its own");
                },
                all,
                topic -> true);
        for (int i = 0; i < 2_500; i++) {
            ears.hear(Message.of("a/b", "x"));
            int heard = i + 1;
            TestHouse.await("the quick one", () -> quick.get() == heard);
        }
        assertThat(ears.lost()).isBetween(1_400L, 1_500L);
        assertThat(ears.slow()).hasSize(1);
        hanging.countDown();
        ears.close();
    }

    @Test
    void the_bounds_are_those_of_the_specification() {
        assertThat(Limits.STANDARD.clients()).isEqualTo(128);
        assertThat(Limits.STANDARD.payload()).isEqualTo(262_144);
        assertThat(Limits.STANDARD.outstanding().messages()).isEqualTo(1_000);
        assertThat(Limits.STANDARD.outstanding().bytes()).isEqualTo(4_194_304);
        assertThat(Limits.STANDARD.outstanding().stall()).isEqualTo(Duration.ofSeconds(10));
        assertThat(Limits.LEVELS).isEqualTo(16);
    }
}
