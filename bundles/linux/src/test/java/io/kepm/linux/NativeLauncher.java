package io.kepm.linux;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;

/** The launcher of {@code native/}, built when it is not there. */
final class NativeLauncher {

    private NativeLauncher() {}

    static Path path() throws IOException, InterruptedException {
        assumeTrue(Libc.geteuid() == 0, "to launch as somebody else needs root");
        Path build = Path.of("target/native").toAbsolutePath();
        int built =
                new ProcessBuilder(
                                "make",
                                "-s",
                                "-C",
                                "../../native",
                                "BUILD=" + build,
                                build + "/launch")
                        .inheritIO()
                        .start()
                        .waitFor();
        assumeTrue(built == 0, "the native launcher can't be built here");
        return build.resolve("launch");
    }
}
