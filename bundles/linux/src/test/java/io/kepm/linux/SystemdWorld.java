package io.kepm.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A systemd of the tests' own; what needs it is skipped, with the reason, where it can't be had.
 */
final class SystemdWorld {

    private static final int CANNOT = 77;

    private SystemdWorld() {}

    /** A line that runs a class of the tests inside. */
    static String java(String words) {
        String classPath =
                Stream.of(System.getProperty("java.class.path").split(":"))
                        .map(Path::of)
                        .map(Path::toAbsolutePath)
                        .map(Path::toString)
                        .collect(Collectors.joining(":"));
        return Path.of(System.getProperty("java.home"), "bin", "java")
                + " -XX:-UsePerfData -Djava.io.tmpdir=/run -Djna.tmpdir=/run -cp '"
                + classPath
                + "' "
                + words;
    }

    static List<String> sh(String line) throws IOException, InterruptedException {
        Process world =
                new ProcessBuilder(
                                "bash",
                                Path.of("src/test/resources/systemd_world.sh")
                                        .toAbsolutePath()
                                        .toString(),
                                "bash",
                                "-c",
                                line)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        String said = new String(world.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = world.waitFor();
        if (code == CANNOT) {
            abort("no systemd of its own can be had here");
        }
        assertThat(code).as(said).isZero();
        return said.lines().toList();
    }
}
