package io.kepm.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.linux.Origin;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OriginsTest {

    @Test
    void the_line_goes_up_to_the_first_process() throws Exception {
        Process child = new ProcessBuilder("/usr/bin/sleep", "600").start();
        try {
            Origin origin = Origins.of((int) child.pid());
            int self = (int) ProcessHandle.current().pid();
            assertThat(origin.line().get(0).pid()).isEqualTo((int) child.pid());
            assertThat(origin.line())
                    .contains(new Origin.Step(self, ProcStat.of(self).orElseThrow().startTicks()));
            // Number 1, or what somebody outside put into these namespaces.
            int first = origin.line().get(origin.line().size() - 1).pid();
            assertThat(ProcStat.of(first).orElseThrow().parent()).isZero();
        } finally {
            child.destroyForcibly().waitFor(20, TimeUnit.SECONDS);
        }
        assertThatThrownBy(() -> Origins.of((int) child.pid())).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> Origins.of(0)).isInstanceOf(IOException.class);
    }

    @Test
    void a_name_with_brackets_and_blanks_hides_nothing() throws Exception {
        ProcStat stat =
                ProcStat.parse(
                        7, "7 (a) R 1 (b)) S 3 7 5 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0 4711 1 2");
        assertThat(stat).isEqualTo(new ProcStat(7, 3, 5, 4711, false));
        assertThatThrownBy(() -> ProcStat.parse(7, "7 (sh) S 1")).isInstanceOf(IOException.class);
    }

    @Test
    void our_cgroup_is_found_on_pure_and_hybrid_systems() {
        String pure = "24 1 0:22 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n";
        String hybrid =
                "11 31 0:28 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
                        + "20 40 0:37 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n";
        assertThat(CgroupPlace.find(pure, "0::/system.slice/kepm.service\n"))
                .isEqualTo(Optional.of(Path.of("/sys/fs/cgroup/system.slice/kepm.service")));
        assertThat(CgroupPlace.find(hybrid, "5:cpu:/x\n0::/\n"))
                .isEqualTo(Optional.of(Path.of("/sys/fs/cgroup/unified")));
        assertThat(CgroupPlace.find(hybrid, "5:cpu:/x\n")).isEmpty();
        assertThat(CgroupPlace.find(hybrid, "0::/../../x\n")).isEmpty();
        assertThat(CgroupPlace.find("", "0::/\n")).isEmpty();
    }
}
