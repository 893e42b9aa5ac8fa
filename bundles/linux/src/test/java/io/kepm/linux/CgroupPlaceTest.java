package io.kepm.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CgroupPlaceTest {

    private static final String UNIFIED =
            "30 24 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n";
    private static final String HYBRID =
            "31 24 0:27 / /sys/fs/cgroup ro - tmpfs tmpfs ro,mode=755\n"
                    + "32 31 0:28 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
                    + "33 31 0:29 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd\n";
    private static final String LEGACY =
            "33 31 0:29 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd\n"
                    + "34 31 0:30 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n";

    @Test
    void the_managers_cgroups_are_where_pid_1_is_without_its_own() {
        assertThat(CgroupPlace.ofManager(UNIFIED, "0::/init.scope\n"))
                .contains(Path.of("/sys/fs/cgroup"));
        assertThat(CgroupPlace.ofManager(UNIFIED, "0::/machine.slice/c1/init.scope\n"))
                .contains(Path.of("/sys/fs/cgroup/machine.slice/c1"));
        assertThat(CgroupPlace.ofManager(HYBRID, "1:name=systemd:/init.scope\n0::/init.scope\n"))
                .contains(Path.of("/sys/fs/cgroup/unified"));
        assertThat(CgroupPlace.ofManager(LEGACY, "2:pids:/\n1:name=systemd:/init.scope\n"))
                .contains(Path.of("/sys/fs/cgroup/systemd"));
    }

    @Test
    void what_is_not_to_be_seen_from_here_is_none() {
        assertThat(CgroupPlace.ofManager("", "0::/init.scope\n")).isEmpty();
        assertThat(CgroupPlace.ofManager(UNIFIED, "0::/../init.scope\n")).isEmpty();
        assertThat(CgroupPlace.top(UNIFIED.replace(" / /sys", " /../x /sys"))).isEmpty();
        assertThat(CgroupPlace.find(LEGACY, "0::/a\n")).isEmpty();
        assertThat(CgroupPlace.find(UNIFIED, "0::/a/b\n")).contains(Path.of("/sys/fs/cgroup/a/b"));
    }
}
