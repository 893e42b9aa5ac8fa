package io.kepm.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TwoThreadsTest {

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void each_is_done_once_and_seen_by_who_asked(boolean many) {
        int[] done = new int[10_000];

        TwoThreads.each(done.length, many, i -> done[i] += 1 + i);

        for (int i = 0; i < done.length; i++) {
            assertThat(done[i]).isEqualTo(1 + i);
        }
    }

    @Test
    void two_work_at_the_same_time() {
        CountDownLatch both = new CountDownLatch(2);

        TwoThreads.each(
                2,
                true,
                i -> {
                    both.countDown();
                    assertThat(await(both)).isTrue();
                });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void what_fails_fails_the_whole_on_whichever_thread(boolean many) {
        for (int failing = 0; failing < 20; failing++) {
            int bad = failing;
            assertThatThrownBy(
                            () ->
                                    TwoThreads.each(
                                            20,
                                            many,
                                            i -> {
                                                if (i == bad) {
                                                    throw new IllegalStateException("bad");
                                                }
                                            }))
                    .hasStackTraceContaining("IllegalStateException: bad");
        }
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
