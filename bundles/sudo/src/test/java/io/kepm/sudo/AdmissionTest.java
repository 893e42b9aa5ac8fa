package io.kepm.sudo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdmissionTest {

    private final Admission admission = new Admission(16, () -> 100);

    @Test
    void ab_137_nobody_takes_more_than_half_and_the_last_places_are_for_those_with_few() {
        List<Admission.Place> alice = enter(1, 16);
        assertThat(alice).hasSize(8);
        assertThat(enter(2, 16)).hasSize(4);
        // A quarter is left: a third one still gets some, the first two nothing.
        assertThat(admission.enter(2)).isEmpty();
        assertThat(enter(3, 16)).hasSize(4);
        assertThat(admission.enter(4)).isEmpty();
        assertThat(admission.enter(0)).isEmpty();
        alice.forEach(Admission.Place::close);
        assertThat(admission.enter(4)).isPresent();
    }

    @Test
    void ends_of_commands_are_not_refused_while_there_is_a_place() {
        assertThat(enter(0, 20)).hasSize(16);
        assertThat(admission.open()).isEqualTo(16);
    }

    @Test
    void memory_is_counted_and_given_back() {
        Admission.Place place = admission.enter(1).orElseThrow();
        assertThat(place.holds(8 << 20)).isTrue();
        assertThat(place.holds(1)).isFalse();
        assertThat(admission.enter(1).orElseThrow().holds(1)).isFalse();
        assertThat(admission.enter(2).orElseThrow().holds(1)).isTrue();
        place.close();
        assertThat(admission.enter(1).orElseThrow().holds(8 << 20)).isTrue();
    }

    @Test
    void the_last_memory_is_for_those_who_hold_little() {
        for (int uid = 1; uid <= 3; uid++) {
            assertThat(admission.enter(uid).orElseThrow().holds(8 << 20)).isTrue();
        }
        Admission.Place fourth = admission.enter(4).orElseThrow();
        assertThat(fourth.holds(8 << 20)).isFalse();
        assertThat(fourth.holds(1 << 20)).isTrue();
        assertThat(fourth.holds(1)).isFalse();
        assertThat(admission.enter(5).orElseThrow().holds(1 << 20)).isTrue();
    }

    private List<Admission.Place> enter(long uid, int times) {
        List<Admission.Place> places = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            admission.enter(uid).ifPresent(places::add);
        }
        return places;
    }
}
