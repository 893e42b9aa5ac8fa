package io.kepm.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.cli.Bench;
import io.kepm.cli.Bench.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BreakGlassTest {

    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void ab_106_the_reason_goes_into_room_that_was_taken_beforehand() throws Exception {
        Path spool = spool("/dev/tty1");
        Path reserve = Files.writeString(spool.resolve("break-glass.reserve"), "\n".repeat(65_536));
        Path heard = bench.folder().resolve("heard");
        bench.alarms(List.of(List.of("tee", heard.toString())));
        Outcome outcome = bench.run("break-glass", "-m", "it denies everything \u001b[31m");
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.exit()).isZero();
        assertThat(reserve).doesNotExist();
        Path waiting = onlyFile(spool);
        assertThat(waiting.getFileName().toString()).matches("break-glass-[0-9]+-[0-9]+\\.jsonl");
        assertThat(Files.size(waiting)).isEqualTo(65_536);
        assertThat(Files.readString(waiting).strip())
                .startsWith("{\"event_time\":\"2")
                .contains("\"outcome\":\"BREAK_GLASS\"")
                .contains("\"terminal\":\"/dev/tty1\"")
                .doesNotContain("\u001b");
        assertThat(Files.readString(heard)).contains("BREAK-GLASS").contains("/dev/tty1");
    }

    @Test
    void the_rule_of_governed_users_goes_and_stays_away_until_it_is_over() throws Exception {
        Path spool = spool("/dev/tty1");
        Path rules = bench.folder().resolve("sudoers");
        Files.writeString(rules.resolve("kepm"), "%kepm-users …");
        Files.writeString(rules.resolve("kepm-breakglass"), "%kepm-breakglass …");
        for (int i = 0; i < 2; i++) {
            assertThat(bench.run("break-glass", "-m", "it denies everything").exit()).isZero();
            assertThat(rules.resolve("kepm")).doesNotExist();
            assertThat(rules.resolve("kepm.set-aside")).isEmptyFile();
        }
        assertThat(rules.resolve("kepm-breakglass")).exists();
        Outcome over = bench.run("break-glass", "--over", "-m", "the agent was repaired");
        assertThat(over.exit()).as(over.err()).isZero();
        assertThat(rules.resolve("kepm.set-aside")).doesNotExist();
        try (var files = Files.list(spool)) {
            assertThat(files.map(BreakGlassTest::read))
                    .hasSize(3)
                    .anyMatch(text -> text.contains("\"outcome\":\"BREAK_GLASS_OVER\""));
        }
    }

    @Test
    void a_rule_that_can_not_be_taken_away_is_said() throws Exception {
        spool("/dev/tty1");
        Path rules = bench.folder().resolve("sudoers");
        Files.createDirectories(rules.resolve("kepm/full"));
        Outcome outcome = bench.run("break-glass", "-m", "it denies everything");
        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.err()).contains("by hand");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void without_the_reserve_a_new_file_is_tried_and_a_failure_is_said() throws Exception {
        Path spool = spool("/dev/ttyS0");
        bench.alarms(List.of(List.of("/no/such/alarm")));
        Outcome outcome = bench.run("break-glass", "-m", "the disk is full again");
        assertThat(outcome.exit()).isZero();
        assertThat(outcome.err()).contains("/no/such/alarm");
        assertThat(onlyFile(spool)).isNotEmptyFile();
        Files.delete(onlyFile(spool));
        Files.delete(spool);
        Path heard = bench.folder().resolve("heard");
        bench.alarms(List.of(List.of("tee", heard.toString())));
        Outcome unrecorded = bench.run("break-glass", "-m", "the disk is full again");
        assertThat(unrecorded.exit()).isEqualTo(1);
        assertThat(unrecorded.err()).contains("NOT on record");
        assertThat(Files.readString(heard)).contains("could NOT be put on record");
    }

    /** A full disk ends a try after the file was made, or in the midst of its line. */
    @Test
    void what_an_earlier_try_left_stays_and_a_further_one_is_on_record() throws Exception {
        Path spool = spool("/dev/tty1");
        for (String name : List.of("break-glass.new", "break-glass.reserve")) {
            for (String left : List.of("", "{\"event_ti", "{\"reason\":\"the first\"}\n")) {
                String room = name.endsWith("new") ? "" : "\n".repeat(65_536 - left.length());
                Files.writeString(spool.resolve(name), left + room);
                Outcome outcome = bench.run("break-glass", "-m", "the disk is full again");
                assertThat(outcome.exit()).as(name + left + outcome.err()).isZero();
                Path waiting = onlyFile(spool);
                List<String> lines =
                        Files.readAllLines(waiting).stream().filter(l -> !l.isBlank()).toList();
                assertThat(lines).as(name + left).hasSize(left.isEmpty() ? 1 : 2);
                assertThat(lines.get(0)).startsWith(left.strip());
                assertThat(lines.get(lines.size() - 1))
                        .startsWith("{\"event_time\"")
                        .endsWith("}")
                        .contains("the disk is full again");
                if (!room.isEmpty()) {
                    assertThat(Files.size(waiting)).as("no further room").isEqualTo(65_536);
                }
                Files.delete(waiting);
            }
        }
    }

    @Test
    void what_an_earlier_try_left_is_adopted_also_when_there_is_a_reserve_again() throws Exception {
        Path spool = spool("/dev/tty1");
        Files.writeString(spool.resolve("break-glass.new"), "{\"reason\":\"the first\"}\n");
        Files.writeString(spool.resolve("break-glass.reserve"), "\n".repeat(65_536));
        assertThat(bench.run("break-glass", "-m", "it denies everything").exit()).isZero();
        try (var files = Files.list(spool)) {
            assertThat(files)
                    .hasSize(2)
                    .allMatch(file -> file.toString().endsWith(".jsonl"))
                    .anyMatch(file -> read(file).contains("the first"));
        }
    }

    /** The one in front was stopped while it had a file in its hands. */
    @Test
    void of_two_commands_at_once_each_has_a_file_of_its_own_and_none_waits() throws Exception {
        Path spool = spool("/dev/tty1");
        Path reserve = Files.writeString(spool.resolve("break-glass.reserve"), "\n".repeat(65_536));
        Path fresh = Files.writeString(spool.resolve("break-glass.new"), "{\"reason\":\"his\"}\n");
        Process other = holding(reserve, fresh);
        try {
            assertThat(bench.run("break-glass", "-m", "it denies everything").exit()).isZero();
        } finally {
            other.destroyForcibly().waitFor();
        }
        assertThat(Files.readString(reserve)).isBlank();
        assertThat(fresh).hasContent("{\"reason\":\"his\"}");
        Files.delete(reserve);
        assertThat(bench.run("break-glass", "-m", "it denies everything").exit()).isZero();
        try (var files = Files.list(spool)) {
            assertThat(files)
                    .hasSize(2)
                    .allMatch(file -> file.toString().endsWith(".jsonl"))
                    .allMatch(file -> read(file).contains("it denies everything"))
                    .anyMatch(file -> read(file).contains("his"));
        }
    }

    /** A process that has locked these files. */
    private static Process holding(Path... files) throws Exception {
        StringBuilder script = new StringBuilder("import fcntl, sys, time\n");
        for (int i = 0; i < files.length; i++) {
            script.append(
                    "f%d = open('%s', 'r+'); fcntl.lockf(f%d, fcntl.LOCK_EX)%n"
                            .formatted(i, files[i], i));
        }
        script.append("print('held', flush=True); time.sleep(60)\n");
        Process process =
                new ProcessBuilder("python3", "-c", script.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        assertThat(process.inputReader().readLine()).isEqualTo("held");
        return process;
    }

    @Test
    void only_at_a_console_and_only_with_a_reason() throws Exception {
        Path spool = spool("/dev/pts/0");
        assertThat(bench.run("break-glass", "-m", "because I want it").exit()).isEqualTo(2);
        assertThat(bench.run("break-glass", "-m", "short").err()).contains("10");
        assertThat(bench.run("break-glass").exit()).isEqualTo(2);
        assertThat(spool).isEmptyDirectory();
    }

    private Path spool(String terminal) throws Exception {
        Files.createSymbolicLink(bench.folder().resolve("0"), Path.of(terminal));
        Files.createDirectory(bench.folder().resolve("sudoers"));
        return Files.createDirectory(bench.folder().resolve("spool"));
    }

    private static Path onlyFile(Path folder) throws Exception {
        try (var files = Files.list(folder)) {
            return files.findFirst().orElseThrow();
        }
    }
}
