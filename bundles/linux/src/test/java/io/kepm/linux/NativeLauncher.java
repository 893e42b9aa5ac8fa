package io.kepm.linux;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;

/** Programs of {@code native/}, built when they are not there. */
final class NativeLauncher {

    private NativeLauncher() {}

    static Path path() throws IOException, InterruptedException {
        return build("launch");
    }

    static Path build(String name) throws IOException, InterruptedException {
        assumeTrue(Libc.geteuid() == 0, "to launch as somebody else needs root");
        Path build = Path.of("target/native").toAbsolutePath();
        int built =
                new ProcessBuilder(
                                "make",
                                "-s",
                                "-C",
                                "../../native",
                                "BUILD=" + build,
                                build + "/" + name)
                        .inheritIO()
                        .start()
                        .waitFor();
        assumeTrue(built == 0, "`" + name + "` can't be built here");
        return build.resolve(name);
    }
}
