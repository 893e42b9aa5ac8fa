package io.kepm.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The file {@code appsettings.json}, which only root may have written. */
record SettingsFile(Path path) {

    private static final int LARGEST = 1 << 20;

    /** What tells one state of the file from another, without reading it. */
    record Stamp(Optional<Object> inode, long modified, long size) {}

    /**
     * The content; empty when there is no file.
     *
     * @throws FaultySettings when it can't be read, or somebody else could have written it
     */
    Optional<byte[]> read() throws FaultySettings {
        try {
            if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                return Optional.empty();
            }
            if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                throw new FaultySettings(List.of("`" + path + "` is not a regular file"));
            }
            Optional<String> fault = Ownership.writableByOthers(path);
            if (fault.isPresent()) {
                throw new FaultySettings(List.of(fault.get()));
            }
            return Optional.of(content());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new FaultySettings(List.of("can't be read: " + e));
        }
    }

    private byte[] content() throws IOException, FaultySettings {
        ByteBuffer buffer = ByteBuffer.allocate(LARGEST + 1);
        try (FileChannel channel =
                FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
                // until the end
            }
        }
        if (!buffer.hasRemaining()) {
            throw new FaultySettings(List.of("larger than 1 MiB"));
        }
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    /** Its state now; empty when there is none. */
    Optional<Stamp> stamp() {
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(
                            path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return Optional.of(
                    new Stamp(
                            Optional.ofNullable(attributes.fileKey()),
                            attributes.lastModifiedTime().toMillis(),
                            attributes.size()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
