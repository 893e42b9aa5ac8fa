package io.kepm.elevation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveProcessTest {

    @TempDir Path folder;

    @Test
    void ab_38_the_groups_of_a_session_are_those_that_its_process_was_given() throws Exception {
        Path status = folder.resolve("status");
        Files.writeString(
                status,
                "Name:\tsudo\nUid:\t1\t0\t0\t0\nGid:\t4711\t0\t0\t0\nGroups:\t27 4711 28 \n");
        assertThat(LiveProcess.groupsIn(status)).isEqualTo("4711,27,28");
        Files.writeString(status, "Gid:\t4711\t0\t0\t0\nGroups:\t \n");
        assertThat(LiveProcess.groupsIn(status)).isEqualTo("4711");
        Files.writeString(status, "Name:\tsudo\nGid:\t4711\t0\t0\t0\n");
        assertThat(LiveProcess.groupsIn(status)).isEqualTo("4711");
        Files.writeString(status, "Name:\tsudo\nGroups:\t27 \n");
        assertThat(LiveProcess.groupsIn(status)).isEmpty();
        assertThat(LiveProcess.groupsOf(FakeWorld.NO_SUCH_PID)).isEmpty();
        assertThat(LiveProcess.groupsOf(0)).isEmpty();
    }

    @Test
    void a_process_has_one_start_until_it_ends() throws Exception {
        // A name that looks like the fields after it.
        Path odd = folder.resolve("x) S 1 2");
        Files.copy(Path.of("/bin/sleep"), odd, StandardCopyOption.COPY_ATTRIBUTES);
        Process process = new ProcessBuilder(odd.toString(), "60").start();
        try {
            int pid = (int) process.pid();
            long start = LiveProcess.startOf(pid);
            assertThat(start).isGreaterThanOrEqualTo(LiveProcess.startOf(1)).isPositive();
            assertThat(start)
                    .isGreaterThanOrEqualTo(
                            LiveProcess.startOf((int) ProcessHandle.current().pid()));
            assertThat(LiveProcess.startOf(pid)).isEqualTo(start);
            process.destroyForcibly();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(LiveProcess.startOf(pid)).isZero();
        } finally {
            process.destroyForcibly();
        }
        assertThat(LiveProcess.startOf(0)).isZero();
        assertThat(LiveProcess.startOf(-5)).isZero();
    }

    @Test
    void a_login_session_needs_a_terminal_and_a_living_first_process() {
        int own = (int) ProcessHandle.current().pid();
        assertThat(LiveProcess.loginSession(own, "")).isEmpty();
        assertThat(LiveProcess.loginSession(0, "/dev/pts/0")).isEmpty();
        String session = LiveProcess.loginSession(1, "/dev/pts/0");
        assertThat(session)
                .satisfiesAnyOf(
                        text -> assertThat(text).isEmpty(),
                        text -> assertThat(text).startsWith("/dev/pts/0 "));
    }
}
