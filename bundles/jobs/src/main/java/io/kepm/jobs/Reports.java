package io.kepm.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/** Files that shipped jobs write for people and tools: {@code Reports/NAME.json}, whole or not. */
final class Reports {

    private final Path folder;

    Reports(Path folder) {
        this.folder = folder;
    }

    Path write(String name, JsonNode report) throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(folder);
            Files.setAttribute(
                    folder,
                    "unix:gid",
                    Files.getAttribute(folder.toAbsolutePath().getParent(), "unix:gid"));
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-x---"));
        }
        Path fresh = Files.createTempFile(folder, ".report", "");
        try {
            Files.writeString(fresh, JsonText.pretty(report));
            Files.setAttribute(fresh, "unix:gid", Files.getAttribute(folder, "unix:gid"));
            Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-r-----"));
            Path file = folder.resolve(name + ".json");
            Files.move(
                    fresh,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            return file;
        } finally {
            Files.deleteIfExists(fresh);
        }
    }
}
