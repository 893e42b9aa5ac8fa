package io.kepm.audit.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private static final Instant START = FakeStore.NOW;

    @Test
    void what_is_acknowledged_is_sure() {
        Progress progress = new Progress(3, true);
        progress.sent(9, START);
        assertThat(progress.sure()).isEqualTo(9);
        progress.broke();
        assertThat(progress.sent()).isEqualTo(9);
    }

    @Test
    void what_only_left_is_sure_once_its_connection_outlived_it() {
        Progress progress = new Progress(0, false);
        progress.sent(5, START);
        progress.stands(after(999));
        assertThat(progress.sure()).isZero();
        progress.sent(7, after(999));
        progress.stands(after(1000));
        assertThat(progress.sure()).as("7 left too late").isEqualTo(5);
        progress.stands(after(1500));
        assertThat(progress.sure()).isEqualTo(5);
        progress.stands(after(2000));
        assertThat(progress.sure()).isEqualTo(7);
    }

    @Test
    void after_a_break_what_is_not_sure_is_sent_again() {
        Progress progress = new Progress(0, false);
        progress.sent(5, START);
        progress.stands(after(1000));
        progress.sent(8, after(1000));
        progress.broke();
        assertThat(progress.sent()).isEqualTo(5);
        progress.stands(after(9000));
        assertThat(progress.sure()).as("8 was on the broken connection").isEqualTo(5);
    }

    private static Instant after(long millis) {
        return START.plus(Duration.ofMillis(millis));
    }
}
