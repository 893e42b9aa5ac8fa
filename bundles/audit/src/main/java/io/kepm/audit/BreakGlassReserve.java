package io.kepm.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Room for the record of a broken glass, taken beforehand: {@code kepm break-glass} writes over its
 * blank lines and gives it the name of a file that waits to be adopted, which both need no further
 * room on the disk.
 */
final class BreakGlassReserve {

    /** Beside the files that wait; its name is none of theirs. */
    static final String NAME = "break-glass.reserve";

    static final int SIZE = 64 * 1024;
    private static final Logger LOG = LoggerFactory.getLogger(BreakGlassReserve.class);

    private final Path folder;

    BreakGlassReserve(Path folder) {
        this.folder = folder;
    }

    /** Takes the room if it is not there. */
    void prepare() {
        Path file = folder.resolve(NAME);
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Path draft = folder.resolve(NAME + ".new");
        try {
            Files.createDirectories(folder);
            Files.deleteIfExists(draft);
            try (FileChannel channel =
                    FileChannel.open(
                            draft,
                            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rw-------")))) {
                ByteBuffer blank =
                        ByteBuffer.wrap("\n".repeat(SIZE).getBytes(StandardCharsets.US_ASCII));
                while (blank.hasRemaining()) {
                    channel.write(blank);
                }
                channel.force(true);
            }
            Files.move(draft, file);
        } catch (IOException e) {
            LOG.warn("no room for the record of a broken glass in `{}`: {}", folder, e.toString());
        }
    }
}
