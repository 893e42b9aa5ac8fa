package io.kepm.storage;

import io.kepm.api.storage.StorageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * What one agent at a time holds: a lock on a file of its own that only root can open. SQLite's own
 * lock keeps every other program out; this one is there because whoever may read the database could
 * hold that one before the agent starts.
 */
final class StoreLock implements AutoCloseable {

    private final FileChannel channel;

    private StoreLock(FileChannel channel) {
        this.channel = channel;
    }

    static StoreLock take(StoreFolder folder) throws StorageException {
        Path file = folder.path().resolve(".lock");
        try {
            FileChannel channel =
                    FileChannel.open(
                            file,
                            Set.of(
                                    StandardOpenOption.CREATE,
                                    StandardOpenOption.WRITE,
                                    java.nio.file.LinkOption.NOFOLLOW_LINKS),
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rw-------")));
            if (isLocked(channel)) {
                return new StoreLock(channel);
            }
            channel.close();
        } catch (IOException e) {
            throw new StorageException("can't lock `" + file + "`: " + e, e);
        }
        throw new StorageException(
                "`%s` is in use by another process: is a second agent running? `fuser -v %s` shows who"
                        .formatted(folder.database(), file));
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
