package io.kepm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The start script on a copy whose places lie in a temporary folder. */
class StartScriptTest {

    private static final Path SCRIPT = Path.of("src/main/sh/kepm");

    @TempDir Path folder;
    private Path script = SCRIPT;

    @BeforeEach
    void copy() throws IOException {
        Path client = executable("client", "#!/bin/sh\nprintf '%s|' \"$@\"\nexit 9\n");
        script =
                executable(
                        "kepm",
                        Files.readString(SCRIPT)
                                .replace("lib=/usr/lib/kepm", "lib=" + folder.resolve("lib"))
                                .replace("/usr/libexec/kepm/kepm-run", client.toString()));
    }

    @Test
    void it_is_plain_sh_that_shellcheck_likes() throws Exception {
        assertThat(exec(Map.of(), "/bin/sh", "-n", SCRIPT.toString()).exit()).isZero();
        // Where there is no shellcheck the syntax check above has to do.
        if (Files.isExecutable(Path.of("/usr/bin/shellcheck"))) {
            assertThat(exec(Map.of(), "/usr/bin/shellcheck", SCRIPT.toString()))
                    .isEqualTo(new Outcome(0, ""));
        }
    }

    @Test
    void run_goes_to_the_client_without_a_java() throws Exception {
        assertThat(kepm("run", "-m", "why it is", "-u", "bob", "--", "ls", "-l", "--", "a b"))
                .isEqualTo(new Outcome(9, "-m|why it is|-u|bob|--|ls|-l|--|a b|"));
        assertThat(kepm("run", "ls", "-m", "x")).isEqualTo(new Outcome(9, "--|ls|-m|x|"));
        assertThat(kepm("run", "--", "-x")).isEqualTo(new Outcome(9, "--|-x|"));
    }

    @Test
    void anything_else_goes_to_java_as_it_was_typed() throws Exception {
        // No jar is there, so Java says that it does not find the class.
        for (String[] words :
                new String[][] {
                    {"version"}, {"run"}, {"run", "--help"}, {"run", "-m"}, {"run", "-mx", "ls"}
                }) {
            Outcome outcome = kepm(words);
            assertThat(outcome.out()).as(Arrays.toString(words)).contains("io.kepm.cli.Kepm");
            assertThat(outcome.exit()).isEqualTo(1);
        }
    }

    @Test
    void the_environment_does_not_choose_what_java_runs() throws Exception {
        Outcome outcome =
                exec(
                        Map.of(
                                "JAVA_TOOL_OPTIONS", "-Dx=y",
                                "JDK_JAVA_OPTIONS", "-version",
                                "_JAVA_OPTIONS", "-Dx=y",
                                "JAVA_HOME", "/none",
                                "CLASSPATH", "/none"),
                        script.toString(),
                        "version");
        assertThat(outcome.out()).contains("io.kepm.cli.Kepm").doesNotContain("Picked up");
    }

    @Test
    void java_is_told_how_wide_the_terminal_is() throws Exception {
        Path told =
                executable("told", Files.readString(script).replace("exec \"$java\"", "exec echo"));
        String line = "stty cols 117; " + told + " status";
        assertThat(exec(Map.of(), "/usr/bin/script", "-qec", line, "/dev/null").out())
                .contains("-Dkepm.columns=117");
    }

    @Test
    void the_real_command_line_starts_by_it() throws Exception {
        String classes = System.getProperty("java.class.path");
        Path real =
                executable(
                        "real",
                        Files.readString(script)
                                .replace("-cp \"$lib/*\"", "-cp '" + classes + "'"));
        assertThat(exec(Map.of(), real.toString(), "version").out()).matches("kepm [0-9.]+\n");
        Outcome away = exec(Map.of("LC_ALL", "C"), real.toString(), "grants", "--socket=/none");
        assertThat(away.out())
                .startsWith(
                        "kepm: agent is not reachable at /none: no such file or directory - is");
        assertThat(away.exit()).isEqualTo(125);
    }

    private record Outcome(int exit, String out) {}

    private Outcome kepm(String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of(script.toString()));
        command.addAll(Arrays.asList(words));
        return exec(Map.of(), command.toArray(new String[0]));
    }

    private static Outcome exec(Map<String, String> environment, String... command)
            throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Outcome(process.exitValue(), out);
    }

    private Path executable(String name, String content) throws IOException {
        Path file = Files.writeString(folder.resolve(name), content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
