package io.kepm.audit.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OldLogsTest {

    @TempDir Path folder;

    private final Fakes.Clock clock = new Fakes.Clock("2026-11-25T12:00:00Z");

    private List<String> run() {
        return new OldLogs(folder, () -> 15, clock).run();
    }

    private void file(String name) throws IOException {
        Files.writeString(folder.resolve(name), "lines of " + name);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void a_file_is_compressed_after_a_day_and_removed_after_the_days_it_is_kept() throws Exception {
        file("KeeperLogger.log");
        file("KeeperLogger_20261125_100000.log");
        file("KeeperLogger_20261124.log");
        file("KeeperLogger_20261123.log");
        file("KeeperLogger_20261123_120000.log");
        file("KeeperLogger_20261110.log.gz");
        file("KeeperLogger_20261109.log.gz");
        file("KeeperLogger_20261109_101010.log");
        assertThat(run()).isEmpty();
        assertThat(names())
                .containsExactly(
                        "KeeperLogger.log",
                        "KeeperLogger_20261110.log.gz",
                        "KeeperLogger_20261123.log.gz",
                        "KeeperLogger_20261123_120000.log.gz",
                        "KeeperLogger_20261124.log",
                        "KeeperLogger_20261125_100000.log");
        try (InputStream in =
                new GZIPInputStream(
                        Files.newInputStream(folder.resolve("KeeperLogger_20261123.log.gz")))) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("lines of KeeperLogger_20261123.log");
        }
    }

    @Test
    void what_is_not_of_the_log_is_left_alone() throws Exception {
        file("agent.out");
        file("KeeperLogger_20200101.txt");
        file("KeeperLogger_20201399.log");
        file("KeeperLogger_notes.log");
        Files.createSymbolicLink(
                folder.resolve("KeeperLogger_20200101.log"), folder.resolve("agent.out"));
        Files.createDirectory(folder.resolve("KeeperLogger_20200102.log"));
        assertThat(run()).isEmpty();
        assertThat(names()).hasSize(6);
    }

    @Test
    void a_compression_that_was_broken_off_is_done_again() throws Exception {
        file("KeeperLogger_20261120.log");
        file("KeeperLogger_20261120.log.gz.part");
        file("KeeperLogger_20261121.log");
        file("KeeperLogger_20261121.log.gz");
        run();
        run();
        assertThat(names())
                .containsExactly("KeeperLogger_20261120.log.gz", "KeeperLogger_20261121.log.gz");
    }

    @Test
    void a_folder_that_is_not_there_is_said() {
        assertThat(new OldLogs(folder.resolve("none"), () -> 15, clock).run()).hasSize(1);
    }
}
