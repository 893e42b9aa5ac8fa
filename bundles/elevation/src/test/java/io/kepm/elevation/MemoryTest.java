package io.kepm.elevation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.memory.FakeMemory;
import java.util.function.LongPredicate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryTest {

    private static final int MOST_PLACES = 20_000;

    /**
     * Memory that runs out at any allocation of a decision: it is denied, or the error goes to who
     * asked, and sudo, which then hears nothing, denies. Nothing is half on record, and the next
     * decision is a whole one.
     */
    @ParameterizedTest
    @ValueSource(strings = {"allow", "deny", "own right", "controls"})
    void f4_memory_that_runs_out_anywhere_in_a_decision_allows_nothing(String story)
            throws Exception {
        LongPredicate decision =
                (LongPredicate)
                        new FakeMemory()
                                .loadClass("io.kepm.elevation.ForgetfulDecision")
                                .getDeclaredConstructor(String.class)
                                .newInstance(story);
        int place = 1;
        while (decision.test(place)) {
            assertThat(decision.test(-place)).isTrue();
            assertThat(++place).isLessThan(MOST_PLACES);
        }
        assertThat(place).isGreaterThan(100);
    }
}
