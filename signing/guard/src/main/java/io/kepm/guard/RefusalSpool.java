package io.kepm.guard;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Set;

/**
 * The file in which refusals wait for the audit, one JSON object a line. Whoever takes lines out
 * holds the file's lock, as does whoever adds one. Safe for use by many threads.
 *
 * <p>Bound: 1 MiB; what comes when it is full is only said on standard error, and stays refused.
 */
public final class RefusalSpool {

    static final String FILE = "refused.jsonl";
    private static final int MAX_BYTES = 1 << 20;
    private static final int LOCK_TRIES = 2000;

    private final Path folder;
    private final InstantSource clock;

    public RefusalSpool(Path folder, InstantSource clock) {
        this.folder = folder;
        this.clock = clock;
    }

    /** Keeps one; when that fails the refusal stands all the same. */
    public synchronized void add(Refusal refusal) {
        System.err.println(
                "guard: refused `"
                        + Printable.of(refusal.location())
                        + "`: "
                        + Printable.of(refusal.reason()));
        try {
            append(line(refusal).getBytes(StandardCharsets.UTF_8));
        } catch (IOException | UnsupportedOperationException e) {
            System.err.println("guard: the refusal could not be kept for the audit: " + e);
        }
    }

    /** The members are those of an audit record. */
    private String line(Refusal refusal) {
        return "{\"event_time\":"
                + Printable.json(clock.instant().truncatedTo(ChronoUnit.MILLIS).toString())
                + ",\"audit_event_type\":\"BUNDLE_REFUSED\",\"outcome\":\"REFUSED\",\"reason\":"
                + Printable.json(refusal.reason())
                + ",\"details\":{\"location\":"
                + Printable.json(refusal.location())
                + ",\"sha256\":"
                + Printable.json(refusal.sha256())
                + ",\"symbolic_name\":"
                + Printable.json(refusal.symbolicName())
                + ",\"signer\":"
                + Printable.json(refusal.signer())
                + "}}\n";
    }

    private void append(byte[] line) throws IOException {
        Files.createDirectories(
                folder,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path file = folder.resolve(FILE);
        try (FileChannel channel =
                FileChannel.open(
                        file,
                        Set.of(
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE,
                                StandardOpenOption.APPEND,
                                LinkOption.NOFOLLOW_LINKS),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")))) {
            if (!Integer.valueOf(1)
                    .equals(Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS))) {
                throw new IOException("`" + file + "` has another name too");
            }
            try (FileLock lock = lock(channel)) {
                if (!lock.isValid() || channel.size() + line.length > MAX_BYTES) {
                    throw new IOException("`" + file + "` is full");
                }
                channel.write(ByteBuffer.wrap(line));
                channel.force(false);
            }
        }
    }

    /** The other side may live in this process, where a second lock is an exception, not a wait. */
    private static FileLock lock(FileChannel channel) throws IOException {
        for (int i = 0; i < LOCK_TRIES; i++) {
            try {
                return channel.lock();
            } catch (OverlappingFileLockException e) {
                pause();
            }
        }
        throw new IOException("the spool is locked");
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the spool was locked", e);
        }
    }
}
