package io.kepm.cli.verb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * A line of a broken glass, left for the agent to adopt: over the blank lines of the reserve, or
 * into a new file where there is none any more. What an earlier try left, whole or not, stays in
 * front. Of two commands at the same time each has a file of its own; none waits for another, which
 * may have been stopped.
 */
final class GlassRecord {

    /** Made by {@code audit} beforehand, so that a full disk is no obstacle. */
    private static final String RESERVE = "break-glass.reserve";

    private static final String FRESH = "break-glass.new";

    private static final Set<OpenOption> OPTIONS =
            Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);

    /** More commands than there are consoles. */
    private static final int MOST = 100;

    private final Path spool;

    GlassRecord(Path spool) {
        this.spool = spool;
    }

    /** When this returns, the line is on disk where the agent looks for it. */
    void write(byte[] line) throws IOException {
        String name =
                "break-glass-%d-%d"
                        .formatted(System.currentTimeMillis(), ProcessHandle.current().pid());
        boolean written = written(spool.resolve(RESERVE), line, name);
        for (int i = 0; i < MOST && !written; i++) {
            written = written(made(fresh(i)), line, name);
        }
        if (!written) {
            throw new IOException("all files are in use by other commands");
        }
        for (int i = 0; i < MOST && Files.exists(fresh(i)); i++) {
            left(fresh(i), name + "-earlier-" + i);
        }
        try (FileChannel folder = FileChannel.open(spool, StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    private Path fresh(int i) {
        return spool.resolve(i == 0 ? FRESH : FRESH + "-" + i);
    }

    private static Path made(Path file) throws IOException {
        try {
            return Files.createFile(
                    file,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException e) {
            return file;
        }
    }

    /** False when the file is not there, or is another command's. */
    private boolean written(Path file, byte[] line, String name) throws IOException {
        try (FileChannel channel = claimed(file).orElse(null)) {
            if (channel == null) {
                return false;
            }
            int taken = taken(channel);
            ByteBuffer rest = ByteBuffer.wrap(taken == 0 ? line : onItsOwn(line));
            channel.position(taken);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.force(true);
            Files.move(file, spool.resolve(name + ".jsonl"));
            return true;
        }
    }

    /** What an earlier try left beside the reserve. */
    private void left(Path file, String name) throws IOException {
        try (FileChannel channel = claimed(file).orElse(null)) {
            if (channel != null) {
                Files.move(file, spool.resolve(name + ".jsonl"));
            }
        }
    }

    /**
     * Takes a file for this command alone: until its channel is closed, or the command ends
     * (fcntl(2), advisory record locks). INVARIANT: nothing else opens that file here, since to
     * close it would end the lock.
     */
    private static Optional<FileChannel> claimed(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        Object before;
        FileChannel channel;
        try {
            before = key(file);
            channel = FileChannel.open(file, OPTIONS);
        } catch (NoSuchFileException e) {
            // Another command has just handed it over.
            return Optional.empty();
        }
        boolean ours = false;
        try {
            ours = channel.tryLock() != null && isStill(file, before);
            return ours ? Optional.of(channel) : Optional.empty();
        } finally {
            if (!ours) {
                channel.close();
            }
        }
    }

    private static boolean isStill(Path file, Object key) throws IOException {
        try {
            return key.equals(key(file));
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static Object key(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    /** Bytes before the blank rest. */
    private static int taken(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) channel.size());
        while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
            // Goes on until all is read.
        }
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1)
                .stripTrailing()
                .length();
    }

    private static byte[] onItsOwn(byte[] line) {
        return ByteBuffer.allocate(line.length + 1).put((byte) '\n').put(line).array();
    }
}
