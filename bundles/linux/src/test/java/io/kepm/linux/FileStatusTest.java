package io.kepm.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStatusTest {

    @TempDir Path folder;

    /** As when a process has become a program of a file system of its user's own. */
    @Test
    void ab_32_a_file_system_that_never_answers_holds_nobody_up_who_looks_behind_a_process()
            throws Exception {
        assumeTrue(Libc.geteuid() == 0, "a file system needs root");
        Path mount = Files.createDirectory(folder.resolve("mount"));
        Process server = python("src/test/resources/never_says.py", mount.toString());
        Optional<Process> holder = Optional.empty();
        try {
            assumeTrue("mounted".equals(line(server)), "no FUSE here");
            String hold = "import os, sys; print(os.open(sys.argv[1], os.O_PATH), flush=True)";
            Process process =
                    python("-c", hold + "; sys.stdin.read()", mount.resolve("file").toString());
            holder = Optional.of(process);
            String link = "/proc/" + process.pid() + "/fd/" + line(process);
            FileStatus status =
                    CompletableFuture.supplyAsync(() -> behind(link)).get(60, TimeUnit.SECONDS);
            assertThat(status.isRegular()).isTrue();
            assertThat(status.inode()).isEqualTo(2);
        } finally {
            holder.ifPresent(Process::destroyForcibly);
            server.destroyForcibly().waitFor();
            new ProcessBuilder("umount", "-l", mount.toString()).start().waitFor();
        }
    }

    private static FileStatus behind(String link) {
        try {
            return FileStatus.behind(link).orElseThrow();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Process python(String... words) throws java.io.IOException {
        List<String> command = new java.util.ArrayList<>(List.of("/usr/bin/python3"));
        command.addAll(List.of(words));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static String line(Process process) throws java.io.IOException {
        return String.valueOf(
                new BufferedReader(
                                new InputStreamReader(
                                        process.getInputStream(), StandardCharsets.UTF_8))
                        .readLine());
    }
}
