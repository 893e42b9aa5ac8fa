package io.kepm.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditDraft;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClockWatchTest {

    private static final Instant NOON = Instant.parse("2026-11-25T12:00:00Z");

    private Optional<Duration> boot = Optional.of(Duration.ofHours(5));
    private final ClockWatch watch = new ClockWatch(() -> boot);

    @Test
    void f5_a_clock_that_is_set_is_noticed_once_with_from_and_to() {
        assertThat(watch.look(NOON)).isEmpty();
        goOn(10);
        assertThat(watch.look(NOON.plusSeconds(10))).isEmpty();
        goOn(10);
        AuditDraft jump = watch.look(NOON.minus(Duration.ofDays(1))).orElseThrow();
        assertThat(jump.outcome()).isEqualTo("BACK");
        assertThat(jump.details())
                .containsEntry("from", NOON.plusSeconds(20).toString())
                .containsEntry("to", NOON.minus(Duration.ofDays(1)).toString());
        goOn(10);
        assertThat(watch.look(NOON.minus(Duration.ofDays(1)).plusSeconds(10))).isEmpty();
        goOn(10);
        assertThat(watch.look(Instant.parse("2038-01-19T03:14:08Z")).orElseThrow().outcome())
                .isEqualTo("FORWARD");
    }

    @Test
    void sleep_and_small_corrections_are_no_jump() {
        watch.look(NOON);
        goOn(8 * 3_600);
        assertThat(watch.look(NOON.plusSeconds(8 * 3_600 + 30))).isEmpty();
        boot = Optional.empty();
        assertThat(watch.look(NOON)).isEmpty();
        boot = Optional.of(Duration.ofHours(20));
        assertThat(watch.look(NOON)).isEmpty();
    }

    private void goOn(long seconds) {
        boot = boot.map(time -> time.plusSeconds(seconds));
    }
}
