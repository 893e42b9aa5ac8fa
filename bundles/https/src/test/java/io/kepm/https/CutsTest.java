package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditType;
import io.kepm.api.linux.TurnedAway;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class CutsTest {

    private final Fakes.Audit audit = new Fakes.Audit();
    private Instant now = Instant.parse("2026-03-01T12:00:00Z");
    private final Cuts cuts = new Cuts(audit, new People(new Fakes.Names()), () -> now);

    private static Guest user(long uid) {
        return new Guest(uid, uid, false, false);
    }

    private void cut(Guest guest, Door door, Cuts.Why why, int times) {
        for (int i = 0; i < times; i++) {
            cuts.count(guest, door, why);
        }
    }

    @Test
    void ab_108_a_minute_of_a_user_is_one_record() {
        cut(user(1001), Door.HTTPS, Cuts.Why.PACE, 500);
        cut(user(1001), Door.HTTP, Cuts.Why.ROOM, 1);
        cuts.sweep();
        assertThat(audit.drafts).as("counting is not recording").isEmpty();
        now = now.plus(Duration.ofMinutes(1));
        cuts.sweep();
        cuts.sweep();
        assertThat(audit.drafts).hasSize(1);
        assertThat(audit.last().type()).isEqualTo(AuditType.AUTHORIZATION_FAILED);
        assertThat(audit.last().outcome()).isEqualTo("REFUSED");
        assertThat(audit.last().user().orElseThrow().uid()).as("no proof").isEqualTo(-1);
        assertThat(audit.last().details())
                .containsEntry("owner", "1001")
                .containsEntry("door", "http, https")
                .containsEntry("why", "pace, room")
                .containsEntry("count", "501")
                .containsEntry("since", "2026-03-01T12:00:00Z");
    }

    @Test
    void on_the_socket_the_kernel_has_said_who_it_is() {
        cut(user(1001), Door.UNIX, Cuts.Why.SHARE, 1);
        cuts.end();
        assertThat(audit.last().user().orElseThrow().uid()).isEqualTo(1001);
        assertThat(audit.last().details()).doesNotContainKey("owner");
    }

    @Test
    void whoever_can_not_be_told_is_nobody_on_record() {
        cut(Guest.UNKNOWN, Door.UNIX, Cuts.Why.UNKNOWN, 2);
        cuts.end();
        assertThat(audit.last().user().orElseThrow().name()).isEqualTo("unknown");
        assertThat(audit.last().details()).containsEntry("count", "2").doesNotContainKey("owner");
    }

    /** The numbers of one user are that user; of others beyond the bound nobody is named. */
    @Test
    void ab_140_however_many_are_cut_the_audit_is_not_filled() {
        for (long uid = 100_000; uid < 103_000; uid++) {
            cut(new Guest(uid, 1001, false, false), Door.HTTPS, Cuts.Why.PACE, 1);
        }
        for (long uid = 2_000; uid < 5_000; uid++) {
            cut(user(uid), Door.HTTPS, Cuts.Why.PACE, 1);
        }
        cuts.end();
        assertThat(audit.drafts).hasSize(TurnedAway.MOST + 1);
        assertThat(audit.drafts)
                .filteredOn(draft -> "1001".equals(draft.details().get("owner")))
                .singleElement()
                .satisfies(draft -> assertThat(draft.details()).containsEntry("count", "3000"));
        assertThat(audit.drafts).filteredOn(draft -> draft.user().isEmpty()).hasSize(1);
    }

    @Test
    void each_is_counted_by_why() {
        cut(user(1001), Door.HTTPS, Cuts.Why.PACE, 3);
        cut(user(0), Door.HTTP, Cuts.Why.SHARE, 1);
        assertThat(PrometheusText.of(cuts.metrics()))
                .contains("kepm_http_connections_refused_total{why=\"pace\"} 3")
                .contains("kepm_http_connections_refused_total{why=\"share\"} 1")
                .contains("kepm_http_connections_refused_total{why=\"room\"} 0");
    }
}
