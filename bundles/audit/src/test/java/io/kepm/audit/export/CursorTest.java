package io.kepm.audit.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.storage.StorageException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CursorTest {

    private final FakeStore store = new FakeStore();
    private final TurnedClock clock = new TurnedClock();

    @Test
    void a_place_is_kept_under_the_name_and_found_again() throws Exception {
        Cursor cursor = new Cursor(store, store, "siem");
        assertThat(cursor.kept()).isZero();
        cursor.keep(12);
        assertThat(store.state("export/siem")).hasValue("12");
        assertThat(new Cursor(store, store, "siem").kept()).isEqualTo(12);
        assertThat(new Cursor(store, store, "other").kept()).isZero();
    }

    @Test
    void it_is_written_at_most_once_a_second_and_only_when_it_moved() throws Exception {
        Cursor cursor = new Cursor(store, store, "siem");
        cursor.keep(1, clock.instant());
        cursor.keep(2, clock.instant());
        assertThat(cursor.kept()).isEqualTo(1);
        clock.turn(Duration.ofSeconds(1));
        cursor.keep(2, clock.instant());
        clock.turn(Duration.ofSeconds(1));
        cursor.keep(2, clock.instant());
        assertThat(cursor.kept()).isEqualTo(2);
        assertThat(store.commits()).isEqualTo(2);
    }

    @Test
    void a_place_that_could_not_be_written_is_not_kept() throws Exception {
        Cursor cursor = new Cursor(store, store, "siem");
        store.breaks(true);
        assertThatThrownBy(() -> cursor.keep(4)).isInstanceOf(StorageException.class);
        assertThat(cursor.kept()).isZero();
    }

    @Test
    void what_is_no_place_counts_as_nothing_delivered() throws Exception {
        store.state("export/siem", "-3");
        assertThat(new Cursor(store, store, "siem").kept()).isZero();
    }
}
