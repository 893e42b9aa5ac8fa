package io.kepm.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditType;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LowWaterTest {

    private final LowWater water = new LowWater();

    /** As the upkeep does it where the record finds its place. */
    private Optional<AuditDraft> look(long mebibytes) {
        Optional<AuditDraft> news = water.look(mebibytes << 20);
        news.ifPresent(draft -> water.told());
        return news;
    }

    @Test
    void ab_106_that_room_gets_short_is_on_record_once_and_that_there_is_enough_again_too() {
        assertThat(look(64)).isEmpty();
        AuditDraft low = look(63).orElseThrow();
        assertThat(low.type()).isEqualTo(AuditType.AUDIT_ROOM_LOW);
        assertThat(low.outcome()).isEqualTo("DEGRADED");
        assertThat(low.reason()).contains("only 63 MiB are free");
        assertThat(look(0)).isEmpty();
        assertThat(look(63)).isEmpty();
        AuditDraft enough = look(1_000).orElseThrow();
        assertThat(enough.outcome()).isEqualTo("RECOVERED");
        assertThat(look(1_000)).isEmpty();
        assertThat(look(10)).isPresent();
    }

    /** Who can write on that file system must not be able to fill the audit by it. */
    @Test
    void ab_140_a_file_system_that_goes_up_and_down_at_the_mark_is_told_of_once() {
        assertThat(look(63)).isPresent();
        for (int i = 0; i < 100; i++) {
            assertThat(look(79)).isEmpty();
            assertThat(look(63)).isEmpty();
        }
        assertThat(look(80)).isPresent();
    }

    @Test
    void what_found_no_place_is_due_at_the_next_look() {
        assertThat(water.look(0)).isPresent();
        assertThat(water.look(0)).isPresent();
        water.told();
        assertThat(water.look(0)).isEmpty();
    }
}
