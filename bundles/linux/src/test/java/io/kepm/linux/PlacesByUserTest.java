package io.kepm.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlacesByUserTest {

    private final PlacesByUser places = new PlacesByUser(2);

    @Test
    void ab_137_one_users_running_commands_leave_places_to_others() {
        PlacesByUser.Place first = places.take(1001);
        assertThat(first.isTaken()).isTrue();
        assertThat(places.take(1001).isTaken()).isTrue();
        assertThat(places.take(1001).isTaken()).isFalse();
        assertThat(places.take(1002).isTaken()).isTrue();
        first.giveBack();
        first.giveBack();
        assertThat(places.take(1001).isTaken()).isTrue();
        assertThat(places.take(1001).isTaken()).isFalse();
    }

    @Test
    void what_was_not_had_gives_nothing_back() {
        places.take(1001);
        places.take(1001);
        places.take(1001).giveBack();
        assertThat(places.take(1001).isTaken()).isFalse();
    }
}
