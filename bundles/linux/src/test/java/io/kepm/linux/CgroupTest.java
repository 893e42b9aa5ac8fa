package io.kepm.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the files of a cgroup say, on files of a folder. */
class CgroupTest {

    @TempDir Path folder;

    @Test
    void ab_75_who_was_refused_a_further_process_is_known_and_nobody_else() throws Exception {
        Cgroup cgroup = new Cgroup(folder);
        assertThat(cgroup.hitProcessLimit()).as("no such controller").isFalse();
        Files.writeString(folder.resolve("pids.events"), "max 0\n");
        assertThat(cgroup.hitProcessLimit()).isFalse();
        // Newer kernels say more.
        Files.writeString(folder.resolve("pids.events"), "max 3\nmax.imposed 3\n");
        assertThat(cgroup.hitProcessLimit()).isTrue();
    }
}
