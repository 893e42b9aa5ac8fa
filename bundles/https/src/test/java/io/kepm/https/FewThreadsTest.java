package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FewThreadsTest {

    private static final int MOST = 3;

    private final CountDownLatch end = new CountDownLatch(1);
    private FewThreads few;

    @BeforeEach
    void start() throws Exception {
        few = new FewThreads(new QueuedThreadPool(20, 1), MOST);
        few.start();
    }

    @AfterEach
    void stop() throws Exception {
        end.countDown();
        few.stop();
    }

    @Test
    void no_more_than_the_few_work_at_once_and_all_have_their_turn() throws Exception {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch all = new CountDownLatch(200);
        for (int i = 0; i < 200; i++) {
            few.execute(
                    () -> {
                        most.accumulateAndGet(now.incrementAndGet(), Math::max);
                        Thread.yield();
                        now.decrementAndGet();
                        all.countDown();
                    });
        }
        await(all);
        assertThat(most.get()).isBetween(1, MOST);
    }

    @Test
    void whoever_leaves_makes_room_for_another_while_he_goes_on() throws Exception {
        for (int i = 0; i < 10; i++) {
            await(busy(true));
        }
        // The ten wait outside; all places of the few are free.
        List<CountDownLatch> inside = new ArrayList<>();
        for (int i = 0; i < MOST; i++) {
            inside.add(busy(false));
        }
        for (CountDownLatch one : inside) {
            await(one);
        }
        AtomicInteger more = new AtomicInteger();
        few.execute(more::incrementAndGet);
        Thread.sleep(100);
        assertThat(more).hasValue(0);
    }

    @Test
    void nobody_leaves_while_others_wait_for_the_place() throws Exception {
        CountDownLatch began = new CountDownLatch(MOST);
        CountDownLatch queued = new CountDownLatch(1);
        AtomicInteger left = new AtomicInteger();
        CountDownLatch asked = new CountDownLatch(MOST);
        for (int i = 0; i < MOST; i++) {
            few.execute(
                    () -> {
                        began.countDown();
                        quietly(queued);
                        left.addAndGet(FewThreads.leave() ? 1 : 0);
                        asked.countDown();
                        quietly(asked);
                    });
        }
        await(began);
        CountDownLatch second = new CountDownLatch(1);
        few.execute(second::countDown);
        queued.countDown();
        await(asked);
        assertThat(left).hasValue(0);
        await(second);
    }

    @Test
    void a_task_that_fails_loses_no_place() throws Exception {
        for (int i = 0; i < 5 * MOST; i++) {
            few.execute(
                    () -> {
                        throw new IllegalStateException("on purpose");
                    });
        }
        no_more_than_the_few_work_at_once_and_all_have_their_turn();
        whoever_leaves_makes_room_for_another_while_he_goes_on();
    }

    @Test
    void a_thread_of_another_pool_may_wait_always() {
        assertThat(FewThreads.leave()).isTrue();
    }

    @Test
    void a_pool_that_has_stopped_says_so() throws Exception {
        few.stop();
        for (int i = 0; i < 2 * MOST; i++) {
            assertThatThrownBy(() -> few.execute(() -> {}))
                    .isInstanceOf(RejectedExecutionException.class);
        }
    }

    @Test
    void a_thread_that_left_takes_none_of_what_waits() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch out = new CountDownLatch(1);
        few.execute(
                () -> {
                    FewThreads.leave();
                    out.countDown();
                    quietly(go);
                });
        await(out);
        for (int i = 0; i < MOST; i++) {
            await(busy(false));
        }
        AtomicInteger ran = new AtomicInteger();
        few.execute(ran::incrementAndGet);
        go.countDown();
        Thread.sleep(100);
        assertThat(ran).hasValue(0);
    }

    /** Something that goes on until the test ends; counted down once it does. */
    private CountDownLatch busy(boolean leaves) {
        CountDownLatch began = new CountDownLatch(1);
        few.execute(
                () -> {
                    if (leaves) {
                        FewThreads.leave();
                    }
                    began.countDown();
                    quietly(end);
                });
        return began;
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    }

    private static void quietly(CountDownLatch latch) {
        try {
            latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
