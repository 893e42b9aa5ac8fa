package io.kepm.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.memory.FakeMemory;
import java.util.List;
import java.util.function.LongPredicate;

/**
 * Evaluations during which memory runs out: at a place for once, or, where the number is negative,
 * from then on. Tells whether it came that far.
 */
public final class ForgetfulEvaluation implements LongPredicate {

    private static final List<Ask> ASKED =
            List.of(
                    Ask.command("/usr/bin/id", "-u"),
                    Ask.command("/usr/bin/systemctl", "restart", "nginx"),
                    Ask.command("/usr/bin/passwd"),
                    Ask.command("/usr/bin/nothing"));

    private final TestSet set =
            TestSet.of(
                    TestSet.allow("a", "'ApplicationCheck':['/usr/bin/id']"),
                    TestSet.allow(
                            "b",
                            TestSet.commands("/usr/bin/systemctl", "{'Regex':'restart|reload'}")),
                    TestSet.policy(
                            "c", "'APPROVAL','JUSTIFY'", "'ApplicationCheck':['/usr/bin/passwd']"),
                    TestSet.policy("d", "'DENY'", "'ApplicationCheck':['/usr/bin/p*']"));

    private final List<String> expected;

    public ForgetfulEvaluation() {
        expected = ASKED.stream().map(set::why).toList();
    }

    @Override
    public boolean test(long place) {
        boolean ranOut = false;
        for (int i = 0; i < ASKED.size(); i++) {
            String said = "";
            FakeMemory.runOutAt(Math.abs(place), place < 0);
            try {
                said = set.why(ASKED.get(i));
            } catch (OutOfMemoryError e) {
                assertThat(e).hasMessage("of a test");
            } finally {
                ranOut |= FakeMemory.isBack();
            }
            assertThat(said).as("place " + place).isIn("", expected.get(i));
            assertThat(set.why(ASKED.get(i))).as("after place " + place).isEqualTo(expected.get(i));
        }
        return ranOut;
    }
}
