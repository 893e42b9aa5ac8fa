package io.kepm.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.linux.Commands.Result;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommandsComponentTest {

    private final CommandsComponent commands = new CommandsComponent();

    @Test
    void exit_code_and_both_streams_come_back() throws Exception {
        Result result = run("/bin/sh", "-c", "echo out; echo err >&2; exit 7");
        assertThat(result.exitCode()).isEqualTo(7);
        assertThat(result.output()).contains("out\n").contains("err\n");
    }

    @Test
    void the_environment_is_fixed_and_the_input_is_closed() throws Exception {
        String output = run("/bin/sh", "-c", "env; cat; pwd").output();
        assertThat(output)
                .contains("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n")
                .contains("LANG=C.UTF-8\n")
                .doesNotContain("HOME=")
                .endsWith("/\n");
    }

    @Test
    void output_is_cut_and_does_not_block_the_program() throws Exception {
        Result result = run("/bin/sh", "-c", "head -c 1000000 /dev/zero; exit 3");
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.output()).hasSize(65536);
    }

    @Test
    void a_program_that_does_not_end_is_killed_with_its_children() throws Exception {
        assertThatThrownBy(
                        () ->
                                commands.run(
                                        List.of("/bin/sh", "-c", "sleep 987 & sleep 987"),
                                        Duration.ofMillis(300)))
                .hasMessageContaining("did not end");
        // A killed process stays to be seen until somebody has waited for it.
        Trials.await(() -> sleepers() == 0);
    }

    private static long sleepers() {
        return ProcessHandle.current()
                .descendants()
                .filter(p -> p.info().commandLine().orElse("").endsWith("sleep 987"))
                .count();
    }

    @Test
    void a_helper_left_in_the_background_holds_nobody_up() throws Exception {
        long start = System.nanoTime();
        Result result = run("/bin/sh", "-c", "sleep 60 & echo done");
        assertThat(result.output()).isEqualTo("done\n");
        assertThat(System.nanoTime() - start).isLessThan(40_000_000_000L);
    }

    @Test
    void a_relative_or_missing_program_is_an_error() {
        assertThatThrownBy(() -> run("sh")).hasMessageContaining("absolute");
        assertThatThrownBy(() -> run("/no/such/program")).isInstanceOf(java.io.IOException.class);
    }

    private Result run(String... argv) throws java.io.IOException {
        return commands.run(List.of(argv), Duration.ofSeconds(60));
    }
}
