package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.linux.Peer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RefusalsTest {

    private final Fakes.Audit audit = new Fakes.Audit();
    private Instant now = Instant.parse("2026-11-25T10:00:00Z");
    private final Refusals refusals = new Refusals(audit, new People(new Fakes.Names()), () -> now);

    private void refuse(long uid, int times) {
        Caller caller = uid < 0 ? Caller.UNKNOWN : Caller.of(new Peer(1, uid, uid));
        for (int i = 0; i < times; i++) {
            refusals.record(
                    new Refusals.Attempt(caller, Door.UNIX, "GET", "/api/audit", uid),
                    Answer.problem(403, "not for you"));
        }
    }

    @Test
    void ab_140_a_flood_of_one_source_is_twenty_records_and_a_count() {
        refuse(1001, 5000);
        assertThat(audit.drafts).hasSize(20);
        refusals.sweep();
        assertThat(audit.drafts).hasSize(20);
        now = now.plus(Duration.ofMinutes(1));
        refusals.sweep();
        assertThat(audit.drafts).hasSize(21);
        assertThat(audit.last().details()).containsEntry("count", "4980");
        refusals.sweep();
        assertThat(audit.drafts).hasSize(21);
    }

    @Test
    void one_source_never_hides_another() {
        refuse(1001, 5000);
        refuse(1002, 1);
        refuse(-1, 1);
        assertThat(audit.drafts).hasSize(22);
        assertThat(audit.last().user().orElseThrow().name()).isEqualTo("unknown");
    }

    /** Over TCP nobody is known, but whose a connection is. */
    @Test
    void ab_140_one_stranger_never_hides_another_and_the_record_says_whose_it_was() {
        for (long owner : List.of(1001L, 1002L, -1L)) {
            for (int i = 0; i < 100; i++) {
                refusals.record(
                        new Refusals.Attempt(
                                Caller.UNKNOWN, Door.HTTPS, "GET", "/api/audit", owner),
                        Answer.problem(401, "nobody"));
            }
            assertThat(audit.last().user().orElseThrow().name()).isEqualTo("unknown");
            assertThat(audit.last().details().get("owner"))
                    .isEqualTo(owner < 0 ? null : Long.toString(owner));
        }
        assertThat(audit.drafts).hasSize(60);
    }

    @Test
    void a_new_minute_closes_the_old_one_first() {
        refuse(1001, 30);
        now = now.plus(Duration.ofMinutes(2));
        refuse(1001, 1);
        assertThat(audit.drafts).hasSize(22);
        assertThat(audit.drafts.get(20).details()).containsEntry("count", "10");
    }

    /** Else one source would be one line a day, and silent, until the clock is where it was. */
    @Test
    void a_clock_that_is_set_back_ends_a_window_as_well() {
        refuse(1001, 30);
        now = now.minus(Duration.ofDays(1));
        refusals.sweep();
        assertThat(audit.drafts).hasSize(21);
        assertThat(audit.last().details()).containsEntry("count", "10");
        refuse(1001, 1);
        assertThat(audit.drafts).hasSize(22);
        now = now.minus(Duration.ofDays(1));
        refuse(1001, 20);
        assertThat(audit.drafts).hasSize(42);
    }

    @Test
    void memory_stays_bounded_however_many_sources_there_are() {
        for (int uid = 1; uid <= 3000; uid++) {
            refuse(uid, 1);
        }
        assertThat(audit.drafts).hasSize(1024 + 20);
    }

    @Test
    void ab_140_however_many_strangers_knock_a_user_keeps_a_window_of_his_own() {
        for (long owner = 100_000; owner < 103_000; owner++) {
            for (int i = 0; i < 30; i++) {
                refusals.record(
                        new Refusals.Attempt(Caller.UNKNOWN, Door.HTTPS, "GET", "/api", owner),
                        Answer.problem(401, "nobody"));
            }
        }
        int told = (Refusals.MOST_STRANGERS + 1) * 20;
        assertThat(audit.drafts).hasSize(told);
        refuse(1001, 30);
        assertThat(audit.drafts).hasSize(told + 20);
        now = now.plus(Duration.ofMinutes(1));
        refusals.sweep();
        assertThat(audit.drafts.subList(told + 20, audit.drafts.size()))
                .hasSize(Refusals.MOST_STRANGERS + 2)
                .filteredOn(sum -> sum.user().stream().anyMatch(user -> user.uid() == 1001))
                .singleElement()
                .satisfies(sum -> assertThat(sum.details()).containsEntry("count", "10"));
    }

    @Test
    void the_sum_of_those_beyond_the_bound_names_none_of_them() {
        for (long owner = 1; owner <= 200; owner++) {
            refusals.record(
                    new Refusals.Attempt(Caller.UNKNOWN, Door.HTTPS, "GET", "/api", owner),
                    Answer.problem(401, "nobody"));
        }
        now = now.plus(Duration.ofMinutes(1));
        refusals.sweep();
        assertThat(audit.last().reason())
                .isEqualTo("more refused calls of other sources within a minute");
        assertThat(audit.last().user()).isEmpty();
        assertThat(audit.last().details())
                .containsEntry("count", Integer.toString(200 - Refusals.MOST_STRANGERS - 20))
                .doesNotContainKeys("owner", "door");
    }

    /** A window without records of their own must not become the one of refusals. */
    @Test
    void calls_beyond_a_pace_never_hide_refusals_however_many_make_them() {
        for (int uid = 1; uid <= 3000; uid++) {
            Caller caller = Caller.of(new Peer(1, uid, uid));
            refusals.count(new Refusals.Attempt(caller, Door.UNIX, "POST", "/api/evaluate", uid));
        }
        refuse(5001, 1);
        assertThat(audit.drafts).hasSize(1);
        assertThat(audit.last().user().orElseThrow().uid()).isEqualTo(5001);
        now = now.plus(Duration.ofMinutes(1));
        refusals.sweep();
        assertThat(audit.drafts)
                .filteredOn(
                        sum ->
                                sum.reason()
                                        .equals(
                                                "calls of other sources beyond the bound of a"
                                                        + " minute"))
                .singleElement()
                .satisfies(sum -> assertThat(sum.user()).isEmpty());
    }

    @Test
    void ab_140_calls_beyond_a_pace_are_one_line_a_minute() {
        Caller caller = Caller.of(new Peer(1, 1001, 1001));
        for (int i = 0; i < 300; i++) {
            refusals.count(new Refusals.Attempt(caller, Door.UNIX, "POST", "/api/evaluate", 1001));
        }
        refuse(1001, 1);
        assertThat(audit.drafts).as("refusals are still told one by one").hasSize(1);
        now = now.plus(Duration.ofMinutes(1));
        refusals.sweep();
        assertThat(audit.drafts).hasSize(2);
        assertThat(audit.last().details()).containsEntry("count", "300");
    }
}
