package io.kepm.linux;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;

/** Folders in a place that only root can change, removed when the JVM ends. */
final class Trees {

    private Trees() {}

    static Path safe() throws IOException {
        assumeTrue(Libc.geteuid() == 0, "a place that only root can change needs root");
        Path base =
                Files.createTempDirectory(
                        Path.of("/var/lib"),
                        "kepm-test",
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwxr-xr-x")));
        Files.setPosixFilePermissions(base, PosixFilePermissions.fromString("rwxr-xr-x"));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(base)));
        return base;
    }

    private static void remove(Path base) {
        try (var tree = Files.walk(base)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            System.err.println("left behind: " + base);
        }
    }
}
