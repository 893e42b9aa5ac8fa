package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.linux.Peer;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SharesTest {

    private static final Caller ROOT = Caller.of(new Peer(1, 0, 0));

    private static Caller user(long uid) {
        return Caller.of(new Peer(1, uid, uid));
    }

    @Test
    void ab_47_one_user_takes_sixteen_places_and_users_together_leave_eight_to_root() {
        Shares places = new Shares(Limits.STANDARD.places());
        int taken = 0;
        for (long uid = 1001; uid <= 1010; uid++) {
            int own = 0;
            while (places.take(user(uid), 1).isPresent()) {
                own++;
            }
            assertThat(own).isLessThanOrEqualTo(16);
            taken += own;
        }
        assertThat(taken).isEqualTo(92);
        for (int i = 0; i < 8; i++) {
            assertThat(places.take(ROOT, 1)).isPresent();
        }
        assertThat(places.take(ROOT, 1)).isEmpty();
    }

    @Test
    void ab_47_bytes_are_one_mebibyte_a_user_eight_for_users_and_four_for_root() {
        Shares bodies = new Shares(Limits.STANDARD.bodies());
        for (long uid = 1001; uid <= 1008; uid++) {
            assertThat(bodies.take(user(uid), 1 << 20)).isPresent();
            assertThat(bodies.take(user(uid), 1)).isEmpty();
        }
        assertThat(bodies.take(user(1009), 1)).isEmpty();
        assertThat(bodies.take(ROOT, 4 << 20)).isPresent();
        assertThat(bodies.take(ROOT, 1)).isEmpty();
    }

    @Test
    void what_is_given_back_can_be_taken_again() {
        Shares shares = new Shares(new Shares.Bounds(1, 1, 1, 1));
        Optional<Shares.Share> first = shares.take(user(1001), 1);
        assertThat(shares.take(user(1001), 1)).isEmpty();
        first.orElseThrow().giveBack();
        assertThat(shares.take(user(1001), 1)).isPresent();
    }
}
