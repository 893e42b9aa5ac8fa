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
            assertThat(process.waitFor(5, TimeUnit.SECONDS)).isTrue();
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
