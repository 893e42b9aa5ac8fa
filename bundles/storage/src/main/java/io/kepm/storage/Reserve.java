package io.kepm.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Random;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Room on the file system that is taken beforehand, and given back when the disk is full: records
 * of grants and of administrators can then still be written for a while. Safe for use by many
 * threads.
 */
final class Reserve {

    /** Some 30,000 records. */
    static final long SIZE = 32L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(Reserve.class);
    private static final int STEP = 1 << 20;

    private final Path file;
    private final long size;
    private volatile boolean used;

    Reserve(StoreFolder folder) {
        this(folder.path().resolve(".reserve"), SIZE);
    }

    Reserve(Path file, long size) {
        this.file = file;
        this.size = size;
    }

    /** Bytes that are kept at the moment. */
    long kept() {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0;
        }
    }

    /** Whether it was given back, and the room for it has not come again since. */
    boolean isUsed() {
        return used;
    }

    /** Gives the room back; whether there was any. */
    boolean release() {
        if (kept() == 0) {
            return false;
        }
        try {
            Files.delete(file);
        } catch (IOException e) {
            LOG.error("the reserve `{}` can't be given back: {}", file, e.toString());
            return false;
        }
        used = true;
        LOG.error(
                "the disk is full: the reserve of {} MiB is in use; refusals are only counted",
                size >> 20);
        return true;
    }

    /** Takes the room if there is twice as much left afterwards. */
    synchronized void refill() {
        if (kept() >= size) {
            return;
        }
        try {
            long free = Files.getFileStore(file.toAbsolutePath().getParent()).getUsableSpace();
            if (free < 3 * size) {
                // Also after a restart: what was given back is still needed.
                used |= free < size;
                return;
            }
            fill();
            if (used) {
                used = false;
                LOG.info("the reserve is there again");
            }
        } catch (IOException e) {
            LOG.warn("no reserve can be kept in `{}`: {}", file, e.toString());
        }
    }

    private void fill() throws IOException {
        Path draft = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(draft);
        try (FileChannel channel =
                FileChannel.open(
                        draft,
                        Set.of(
                                StandardOpenOption.CREATE_NEW,
                                StandardOpenOption.WRITE,
                                LinkOption.NOFOLLOW_LINKS),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")))) {
            // Zeros would hold no room on a file system that compresses.
            byte[] noise = new byte[(int) Math.min(STEP, size)];
            new Random().nextBytes(noise);
            ByteBuffer block = ByteBuffer.wrap(noise);
            for (long at = 0; at < size; at = channel.position()) {
                block.clear().limit((int) Math.min(STEP, size - at));
                channel.write(block);
            }
            channel.force(true);
            Files.move(
                    draft,
                    file,
                    java.nio.file.StandardCopyOption.REPLACE_EXISTING,
                    java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(draft);
            throw e;
        }
    }
}
