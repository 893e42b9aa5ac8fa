package io.kepm.audit.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFileTest {

    @TempDir Path folder;

    private final Fakes.Clock clock = new Fakes.Clock("2026-11-25T23:59:58Z");

    private LogFile file(long largest) {
        return new LogFile(folder, largest, clock, LogFile::append);
    }

    private void write(LogFile file, String message) throws IOException {
        String line = LogFormat.TEXT.line(Fakes.line(clock.instant(), message)) + "\n";
        file.write(line.getBytes(StandardCharsets.UTF_8));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private String read(String name) throws IOException {
        return Files.readString(folder.resolve(name));
    }

    @Test
    void a_new_file_begins_at_midnight_and_the_old_one_has_its_day_in_its_name() throws Exception {
        try (LogFile file = file(1000)) {
            write(file, "late");
            clock.set("2026-11-26T00:00:00Z");
            write(file, "early");
        }
        assertThat(names()).containsExactly("KeeperLogger.log", "KeeperLogger_20261125.log");
        assertThat(read("KeeperLogger_20261125.log")).contains("late").doesNotContain("early");
        assertThat(read("KeeperLogger.log")).contains("early").doesNotContain("late");
    }

    @Test
    void midnight_needs_no_line_to_be_noticed_and_an_empty_file_stays() throws Exception {
        try (LogFile file = file(1000)) {
            file.look();
            clock.set("2026-11-26T10:00:00Z");
            file.look();
            assertThat(names()).containsExactly("KeeperLogger.log");
            write(file, "x");
            clock.set("2026-11-27T00:00:01Z");
            file.look();
            assertThat(names()).containsExactly("KeeperLogger.log", "KeeperLogger_20261126.log");
        }
    }

    @Test
    void a_full_file_has_its_time_in_its_name_and_two_of_a_second_do_not_meet() throws Exception {
        try (LogFile file = file(100)) {
            for (int i = 0; i < 4; i++) {
                write(file, "line " + i + " of about sixty bytes");
            }
        }
        assertThat(names())
                .containsExactly(
                        "KeeperLogger.log",
                        "KeeperLogger_20261125_000000.log",
                        "KeeperLogger_20261125_235958.log",
                        "KeeperLogger_20261125_235959.log");
        assertThat(read("KeeperLogger_20261125_235958.log")).contains("line 0");
    }

    @Test
    void a_line_that_is_longer_than_a_file_is_written_all_the_same() throws Exception {
        try (LogFile file = file(10)) {
            write(file, "much longer than ten bytes");
        }
        assertThat(read("KeeperLogger.log")).contains("much longer");
    }

    @Test
    void a_file_of_another_day_is_put_away_at_the_start_whatever_was_added_to_it()
            throws Exception {
        Files.writeString(
                folder.resolve("KeeperLogger.log"),
                "2026-11-20T08:00:00.000Z WARN  A: old\n2026-11-25T23:00:00.000Z WARN  B: new\n");
        try (LogFile file = file(1000)) {
            file.look();
        }
        assertThat(read("KeeperLogger_20261120.log")).contains("old", "new");
        Files.writeString(
                folder.resolve("KeeperLogger.log"),
                LogFormat.JSON.line(Fakes.line("since 2026-11-25")) + "\n");
        clock.set("2026-11-26T00:00:00Z");
        try (LogFile file = file(1000)) {
            file.look();
        }
        assertThat(names()).contains("KeeperLogger_20261125.log");
    }

    @Test
    void a_name_that_is_taken_is_never_written_over() throws Exception {
        Files.writeString(folder.resolve("KeeperLogger_20261125.log.gz"), "kept");
        try (LogFile file = file(1000)) {
            write(file, "x");
            clock.set("2026-11-26T00:00:00Z");
            write(file, "y");
        }
        assertThat(names()).contains("KeeperLogger_20261125_000000.log");
        assertThat(read("KeeperLogger_20261125.log.gz")).isEqualTo("kept");
    }

    @Test
    void a_file_that_somebody_took_away_is_begun_anew() throws Exception {
        try (LogFile file = file(1000)) {
            write(file, "one");
            Files.delete(folder.resolve("KeeperLogger.log"));
            file.look();
            write(file, "two");
        }
        assertThat(read("KeeperLogger.log")).contains("two");
    }

    @Test
    void only_root_and_its_group_read_it() throws Exception {
        try (LogFile file = file(1000)) {
            write(file, "x");
        }
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(folder.resolve("KeeperLogger.log"))))
                .isEqualTo("rw-r-----");
    }

    @Test
    void ab_21_a_link_in_the_place_of_the_log_is_not_followed() throws Exception {
        Path other = Files.writeString(folder.resolve("other"), "untouched");
        Files.createSymbolicLink(folder.resolve("KeeperLogger.log"), other);
        assertThatThrownBy(() -> file(1000).look()).isInstanceOf(IOException.class);
        Files.delete(folder.resolve("KeeperLogger.log"));
        Files.createLink(folder.resolve("KeeperLogger.log"), other);
        assertThatThrownBy(() -> file(1000).look()).hasMessageContaining("one name");
        Files.delete(folder.resolve("KeeperLogger.log"));
        Files.createDirectory(folder.resolve("KeeperLogger.log"));
        assertThatThrownBy(() -> file(1000).look()).isInstanceOf(IOException.class);
        assertThat(Files.readString(other)).isEqualTo("untouched");
    }
}
