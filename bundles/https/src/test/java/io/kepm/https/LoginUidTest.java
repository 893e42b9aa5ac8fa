package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class LoginUidTest {

    /** Who asks for something and is gone before it is known who he is gets nothing by it. */
    @Test
    void ab_31_a_process_that_is_gone_is_somebody_elses_and_never_nobodys() throws Exception {
        Process gone = new ProcessBuilder("/bin/true").start();
        gone.waitFor();
        for (int pid : new int[] {(int) gone.pid(), 0, -1, Integer.MAX_VALUE}) {
            assertThat(LoginUid.of(pid)).as("pid %s", pid).isEqualTo(OptionalLong.of(-1));
        }
    }

    @Test
    void a_living_process_has_the_one_that_the_kernel_keeps() {
        OptionalLong own = LoginUid.of((int) ProcessHandle.current().pid());
        assertThat(own.isEmpty() || own.getAsLong() >= 0).isTrue();
    }
}
