package io.kepm.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditType;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FloodsTest {

    private static final Instant NOON = Instant.parse("2026-11-25T12:00:00Z");

    private final Floods floods = new Floods();
    private final List<AuditDraft> summaries = new ArrayList<>();

    @Test
    void ab_108_refusals_beyond_the_twentieth_of_a_minute_become_one_record() {
        assertThat(admitted(refusal(1001), NOON, 50)).isEqualTo(20);
        assertThat(admitted(refusal(1002), NOON, 5)).as("another user").isEqualTo(5);
        assertThat(floods.ended(NOON.plusSeconds(59), false)).isEmpty();
        List<AuditDraft> ended = floods.ended(NOON.plusSeconds(60), false);
        assertThat(ended).hasSize(1);
        AuditDraft summary = ended.get(0);
        assertThat(summary.outcome()).isEqualTo("SUMMARY");
        assertThat(summary.user().orElseThrow().uid()).isEqualTo(1001);
        assertThat(summary.details())
                .containsEntry("count", "30")
                .containsEntry("first", NOON.toString())
                .containsEntry("types", "ELEVATION_REFUSED=30 POLICY_EVALUATION=30");
    }

    /** Doors refuse so who has too many requests open; that hides no refusal of a policy. */
    @Test
    void ab_137_who_is_refused_for_a_limit_is_summed_and_by_himself() {
        Change limited = Change.record(draft(AuditType.RATE_LIMITED, "DENY", 1001));
        assertThat(admitted(limited, NOON, 50)).isEqualTo(20);
        assertThat(admitted(refusal(1001), NOON, 20)).isEqualTo(20);
        assertThat(floods.ended(NOON, true))
                .singleElement()
                .satisfies(
                        sum -> {
                            assertThat(sum.type()).isEqualTo(AuditType.RATE_LIMITED);
                            assertThat(sum.details())
                                    .containsEntry("count", "30")
                                    .containsEntry("types", "RATE_LIMITED=30");
                        });
    }

    @Test
    void a_refusal_that_could_not_be_written_is_in_the_sum_and_nothing_else_is() {
        assertThat(admitted(refusal(1001), NOON, 1)).isEqualTo(1);
        floods.unwritten(refusal(1001), NOON, summaries);
        floods.unwritten(
                Change.record(draft(AuditType.GRANT_CREATED, "OK", 1001)), NOON, summaries);
        // Its minute may be over by then.
        floods.unwritten(refusal(1001), NOON.plusSeconds(61), summaries);
        summaries.addAll(floods.ended(NOON.plusSeconds(200), false));
        assertThat(summaries)
                .extracting(sum -> sum.details().get("count"))
                .containsExactly("1", "1");
    }

    @Test
    void the_next_minute_begins_with_what_the_last_one_left() {
        admitted(refusal(1001), NOON, 22);
        assertThat(admitted(refusal(1001), NOON.plusSeconds(61), 1)).isEqualTo(1);
        assertThat(summaries).hasSize(1);
        assertThat(summaries.get(0).details()).containsEntry("count", "2");
    }

    @Test
    void a_clock_that_is_set_back_ends_the_minute() {
        admitted(refusal(1001), NOON, 25);
        assertThat(floods.ended(NOON.minusSeconds(3_600), false)).hasSize(1);
    }

    @Test
    void ab_108_what_gives_or_changes_something_is_never_only_counted() {
        admitted(refusal(1001), NOON, 100);
        floods.adjust(0.99, true);
        AuditDraft allowed = draft(AuditType.POLICY_EVALUATION, "ALLOW", 1001);
        for (AuditType type :
                List.of(
                        AuditType.GRANT_CREATED,
                        AuditType.ADMIN_ACTION,
                        AuditType.CONFIGURATION_CHANGED,
                        AuditType.ELEVATION_STARTED,
                        AuditType.CIRCUIT_OPENED,
                        AuditType.BUNDLE_REFUSED,
                        AuditType.RATE_QUEUED,
                        AuditType.AGENT_STARTED)) {
            assertThat(admitted(Change.record(draft(type, "OK", 1001)), NOON, 30)).isEqualTo(30);
        }
        assertThat(admitted(Change.record(allowed), NOON, 30)).isEqualTo(30);
        assertThat(
                        admitted(
                                Change.record(
                                        draft(AuditType.ELEVATION_REFUSED, "REFUSED", 1001),
                                        draft(AuditType.GRANT_REVOKED, "OK", 1001)),
                                NOON,
                                30))
                .isEqualTo(30);
        Change removes =
                new Change(
                        List.of(new Mutation.Take(Table.GRANTS, "g")),
                        List.of(draft(AuditType.ELEVATION_REFUSED, "REFUSED", 1001)));
        assertThat(admitted(removes, NOON, 30)).isEqualTo(30);
    }

    @Test
    void a_sum_that_a_door_has_made_is_a_record_of_its_own() {
        AuditDraft sum =
                AuditDraft.of(AuditType.AUTHORIZATION_FAILED, "REFUSED")
                        .user(AuditDraft.UserInfo.of("u", 1001))
                        .detail("count", "5000")
                        .build();
        assertThat(admitted(Change.record(sum), NOON, 30)).isEqualTo(30);
    }

    @Test
    void ab_140_the_fuller_the_store_the_fewer_refusals_are_on_record_by_themselves() {
        floods.adjust(0.4, false);
        assertThat(admitted(refusal(1), NOON, 50)).isEqualTo(20);
        floods.adjust(0.6, false);
        assertThat(admitted(refusal(2), NOON, 50)).isEqualTo(5);
        floods.adjust(0.8, false);
        assertThat(admitted(refusal(3), NOON, 50)).isEqualTo(1);
        floods.adjust(0.1, true);
        assertThat(admitted(refusal(4), NOON, 50)).isZero();
        assertThat(floods.ended(NOON, true)).hasSize(4);
    }

    @Test
    void sources_beyond_the_bound_share_one_count() {
        for (int uid = 0; uid < 3_000; uid++) {
            admitted(refusal(uid), NOON, 1);
        }
        List<AuditDraft> sums = floods.ended(NOON, true);
        int counted =
                sums.stream()
                        .mapToInt(summary -> Integer.parseInt(summary.details().get("count")))
                        .sum();
        assertThat(counted).isEqualTo(3_000 - 1_000 - 20);
        assertThat(sums).singleElement();
        assertThat(sums.get(0).user()).as("nobody answers for all the others").isEmpty();
    }

    /** Of whom nobody knows who he is, the door may know whose the connection was. */
    @Test
    void ab_140_one_stranger_never_hides_another() {
        for (String owner : List.of("1001", "1002", "")) {
            AuditDraft.Builder draft =
                    AuditDraft.of(AuditType.AUTHORIZATION_FAILED, "REFUSED")
                            .user(AuditDraft.UserInfo.of("unknown", -1));
            if (!owner.isEmpty()) {
                draft.detail("owner", owner);
            }
            assertThat(admitted(Change.record(draft.build()), NOON, 50)).as(owner).isEqualTo(20);
        }
        assertThat(floods.ended(NOON, true).stream().map(draft -> draft.details().get("owner")))
                .containsExactlyInAnyOrder("1001", "1002", null);
    }

    /** One account's subordinate ones are sources enough to fill any table. */
    @Test
    void ab_140_however_many_strangers_knock_a_denied_user_has_a_window_of_his_own() {
        int records = 0;
        for (int owner = 0; owner < 3_000; owner++) {
            AuditDraft unproven =
                    AuditDraft.of(AuditType.PROCESS_AUTHENTICATION_FAILED, "REFUSED")
                            .user(AuditDraft.UserInfo.of("unknown", -1))
                            .detail("owner", Integer.toString(100_000 + owner))
                            .build();
            AuditDraft connected =
                    draft(AuditType.AUTHORIZATION_FAILED, "REFUSED", 100_000L + owner);
            records += admitted(Change.record(unproven), NOON, 30);
            records += admitted(Change.record(connected), NOON, 30);
        }
        assertThat(records).isEqualTo(2 * (Floods.MOST_STRANGERS + 1) * Floods.SINGLES);
        assertThat(admitted(refusal(1001), NOON, 30)).isEqualTo(20);
        List<AuditDraft> sums = floods.ended(NOON, true);
        assertThat(sums).hasSize(2 * (Floods.MOST_STRANGERS + 1) + 1);
        assertThat(sums)
                .filteredOn(sum -> sum.type() == AuditType.POLICY_EVALUATION)
                .singleElement()
                .satisfies(
                        sum -> {
                            assertThat(sum.user().orElseThrow().uid()).isEqualTo(1001);
                            assertThat(sum.details()).containsEntry("count", "10");
                        });
        assertThat(sums)
                .filteredOn(sum -> sum.reason().contains("of other sources"))
                .as("those beyond the bound, of each kind")
                .hasSize(2);
    }

    private int admitted(Change change, Instant now, int times) {
        int admitted = 0;
        for (int i = 0; i < times; i++) {
            if (floods.admits(change, now, summaries)) {
                admitted++;
            }
        }
        return admitted;
    }

    private static Change refusal(long uid) {
        return Change.record(
                draft(AuditType.POLICY_EVALUATION, "DENY", uid),
                draft(AuditType.ELEVATION_REFUSED, "REFUSED", uid));
    }

    private static AuditDraft draft(AuditType type, String outcome, long uid) {
        return AuditDraft.of(type, outcome).user(AuditDraft.UserInfo.of("u" + uid, uid)).build();
    }
}
