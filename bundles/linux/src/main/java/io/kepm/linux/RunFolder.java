package io.kepm.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** {@code /run/keeper}: root's, open for all to pass through, made when it is missing. */
final class RunFolder {

    private RunFolder() {}

    static void prepare(Path folder) throws IOException {
        if (FileStatus.of(folder.toString()).isEmpty()) {
            Files.createDirectory(
                    folder,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwxr-xr-x")));
            // The umask may have taken more than it should.
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        FileStatus status =
                FileStatus.of(folder.toString())
                        .filter(FileStatus::isDirectory)
                        .orElseThrow(() -> new IOException("`" + folder + "` is no folder"));
        boolean ours = status.uid() == Integer.toUnsignedLong(Libc.geteuid());
        if (!ours || (status.mode() & 022) != 0) {
            throw new IOException(
                    "`"
                            + folder
                            + "` could be changed by others: chown root:root and chmod 0755 it");
        }
    }
}
