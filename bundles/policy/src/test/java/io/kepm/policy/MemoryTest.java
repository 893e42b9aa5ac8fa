package io.kepm.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.memory.FakeMemory;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;

class MemoryTest {

    private static final int MOST_PLACES = 20_000;

    /** Memory that runs out at any allocation of an evaluation never makes an allow of a deny. */
    @Test
    void f4_memory_that_runs_out_anywhere_in_an_evaluation_changes_no_decision() throws Exception {
        LongPredicate evaluation =
                (LongPredicate)
                        new FakeMemory()
                                .loadClass("io.kepm.policy.ForgetfulEvaluation")
                                .getDeclaredConstructor()
                                .newInstance();
        int place = 1;
        while (evaluation.test(place)) {
            assertThat(evaluation.test(-place)).isTrue();
            assertThat(++place).isLessThan(MOST_PLACES);
        }
        assertThat(place).isGreaterThan(40);
    }
}
