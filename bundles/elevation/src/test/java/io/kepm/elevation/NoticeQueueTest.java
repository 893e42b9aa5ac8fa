package io.kepm.elevation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NoticeQueueTest {

    private final NoticeQueue queue = new NoticeQueue();
    private final CountDownLatch answers = new CountDownLatch(1);

    @AfterEach
    void close() {
        answers.countDown();
        queue.close();
    }

    private void hang() {
        try {
            answers.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void whose_desktop_does_not_answer_holds_up_nobody_else() throws Exception {
        int kept = 0;
        for (int i = 0; i < 50; i++) {
            kept += queue.add(1001, this::hang) ? 1 : 0;
        }
        assertThat(kept).isBetween(NoticeQueue.MOST_OF_ONE, NoticeQueue.MOST_OF_ONE + 1);
        CountDownLatch told = new CountDownLatch(40);
        for (long uid = 2000; uid < 2040; uid++) {
            assertThat(queue.add(uid, told::countDown)).isTrue();
        }
        assertThat(told.await(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void one_user_is_told_in_order_and_of_more_than_may_wait_the_rest_is_left_out()
            throws Exception {
        List<Integer> told = new CopyOnWriteArrayList<>();
        CountDownLatch all = new CountDownLatch(5);
        for (int i = 0; i < 5; i++) {
            int number = i;
            queue.add(
                    1001,
                    () -> {
                        told.add(number);
                        all.countDown();
                    });
        }
        assertThat(all.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(told).containsExactly(0, 1, 2, 3, 4);
        int kept = 0;
        for (long uid = 3000; uid < 3000 + 2 * NoticeQueue.MOST; uid++) {
            kept += queue.add(uid, this::hang) ? 1 : 0;
        }
        assertThat(kept).isBetween(NoticeQueue.MOST, NoticeQueue.MOST + 8);
    }

    @Test
    void a_notice_that_fails_is_not_the_last_one() throws Exception {
        CountDownLatch told = new CountDownLatch(1);
        queue.add(
                1001,
                () -> {
                    throw new IllegalStateException("a fault of ours");
                });
        queue.add(1001, told::countDown);
        assertThat(told.await(60, TimeUnit.SECONDS)).isTrue();
    }
}
