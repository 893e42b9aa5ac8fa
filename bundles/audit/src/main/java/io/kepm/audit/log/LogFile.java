package io.kepm.audit.log;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code KeeperLogger.log}. It holds lines of one day (UTC, as their times are) and at most so many
 * bytes; then it gets another name and a new one begins. For use by one thread, which may not be
 * interrupted.
 */
final class LogFile implements AutoCloseable {

    static final String NAME = "KeeperLogger.log";

    /** Before a rotation that failed is tried again. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** How a file is opened for appending; a test has others. */
    interface Opening {
        OutputStream open(Path file) throws IOException;
    }

    private final Path folder;
    private final Path file;
    private final long largest;
    private final InstantSource clock;
    private final Opening opening;
    private @Nullable OutputStream out;
    private @Nullable Object key;
    private LocalDate day = LocalDate.MIN;
    private long size;
    private boolean torn;
    private Instant rotateFrom = Instant.MIN;

    /**
     * @param largest bytes
     */
    LogFile(Path folder, long largest, InstantSource clock, Opening opening) {
        this.folder = folder;
        this.file = folder.resolve(NAME);
        this.largest = largest;
        this.clock = clock;
        this.opening = opening;
    }

    /** Writes a line with its line end; when it throws, as much of it as came through is ended. */
    void write(byte[] line) throws IOException {
        Instant now = clock.instant();
        OutputStream stream = opened();
        if (rotateIfDue(now, line.length)) {
            stream = opened();
        }
        try {
            if (torn) {
                stream.write('\n');
                size++;
                torn = false;
            }
            stream.write(line);
        } catch (IOException e) {
            torn = true;
            throw e;
        }
        size += line.length;
    }

    /** Bytes that its folder's file system has left, or the one that the folder will be made on. */
    long free() {
        Path there = folder;
        while (there != null && !Files.exists(there)) {
            there = there.getParent();
        }
        return there == null ? 0 : there.toFile().getUsableSpace();
    }

    /** Rotates at midnight though nothing is written, and notices a file that was taken away. */
    void look() throws IOException {
        if (out != null && !Objects.equals(key, key())) {
            close();
        }
        opened();
        if (rotateIfDue(clock.instant(), 0)) {
            opened();
        }
    }

    @Override
    public void close() throws IOException {
        OutputStream open = out;
        out = null;
        if (open != null) {
            open.close();
        }
    }

    private OutputStream opened() throws IOException {
        OutputStream open = out;
        if (open == null) {
            open = opening.open(file);
            out = open;
            key = key();
            size = Files.exists(file) ? Files.size(file) : 0;
            day = size > 0 ? LogNames.dayOfFirstLine(file) : LogNames.day(clock.instant());
        }
        return open;
    }

    private @Nullable Object key() throws IOException {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                ? Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                        .fileKey()
                : null;
    }

    private boolean rotateIfDue(Instant now, int more) throws IOException {
        LocalDate today = LogNames.day(now);
        if (size == 0) {
            day = today;
        }
        boolean over = today.isAfter(day);
        if (size == 0 || (!over && size + more <= largest) || now.isBefore(rotateFrom)) {
            return false;
        }
        try {
            Files.move(
                    file, over ? LogNames.ofDay(folder, day, now) : LogNames.ofTime(folder, now));
        } catch (IOException e) {
            // A file that is too long is better than lines that are lost.
            rotateFrom = now.plus(PATIENCE);
            return false;
        }
        close();
        return true;
    }

    /**
     * The real one. INVARIANT (AB-21): no link is followed, nothing but a file of its own name is
     * written to.
     */
    static OutputStream append(Path file) throws IOException {
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                && (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                        || !Integer.valueOf(1)
                                .equals(
                                        Files.getAttribute(
                                                file, "unix:nlink", LinkOption.NOFOLLOW_LINKS)))) {
            throw new IOException(file + " is not a file with one name");
        }
        return Channels.newOutputStream(
                FileChannel.open(
                        file,
                        Set.of(
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE,
                                StandardOpenOption.APPEND,
                                LinkOption.NOFOLLOW_LINKS),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-r-----"))));
    }
}
