package io.kepm.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HeapRoomTest {

    private static final long MEGABYTE = 1 << 20;
    private static final List<PolicyText> TEXTS =
            List.of(
                    new PolicyText("a.json", new byte[1 << 20]),
                    new PolicyText("b.json", new byte[1 << 20]));

    private final AtomicLong free = new AtomicLong();
    private long afterCollection;
    private int collections;

    private final HeapRoom room =
            new HeapRoom(
                    free::get,
                    () -> {
                        collections++;
                        free.set(afterCollection);
                    });

    @Test
    void a_set_that_fits_is_read_without_looking_for_more_memory() {
        free.set(12 * MEGABYTE);
        assertThat(room.lack(TEXTS)).isEmpty();
        assertThat(collections).isZero();
    }

    @Test
    void what_nobody_needs_any_more_does_not_count() {
        free.set(MEGABYTE);
        afterCollection = 12 * MEGABYTE;
        assertThat(room.lack(TEXTS)).isEmpty();
        assertThat(collections).isEqualTo(1);
    }

    @Test
    void one_that_does_not_fit_is_refused_with_the_figures_and_what_to_do() {
        free.set(MEGABYTE);
        afterCollection = 11 * MEGABYTE;
        assertThat(room.lack(TEXTS).orElseThrow().message())
                .isEqualTo(
                        "not enough memory: 2 MB of policies need some 12 MB of the heap, which has"
                                + " 11 MB left: restart the agent, whose heap is chosen by the size"
                                + " of the folder");
    }

    @Test
    void this_process_has_room_for_a_small_set() {
        assertThat(HeapRoom.OWN.lack(List.of())).isEmpty();
    }
}
