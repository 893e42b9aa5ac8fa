package io.kepm.storage;

import io.kepm.api.storage.StorageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;

/**
 * Frees the database of locks that somebody holds on it who may only read it: an administrator must
 * not be able to keep the agent from starting. The content moves to a new file of the same name,
 * and the locks stay with the old one. Locks of writers, and of root, are respected.
 */
final class ReaderLocks {

    private static final Path LOCKS = Path.of("/proc/locks");

    private final StoreFolder folder;
    private final LongPredicate isRoots;

    /**
     * @param isRoots whether a process, by its id, runs as root
     */
    ReaderLocks(StoreFolder folder, LongPredicate isRoots) {
        this.folder = folder;
        this.isRoots = isRoots;
    }

    ReaderLocks(StoreFolder folder) {
        this(folder, ReaderLocks::runsAsRoot);
    }

    /**
     * Moves the content away from under the locks; whether there was reason to.
     *
     * <p>INVARIANT: the caller holds the {@link StoreLock} and has no connection open.
     */
    boolean shakeOff() throws StorageException {
        try {
            List<String> holders = holders();
            if (holders.isEmpty() || !holders.stream().allMatch(this::isMereReader)) {
                return false;
            }
            Path fresh = folder.path().resolve("kepm.db.new");
            Files.deleteIfExists(fresh);
            Files.copy(folder.database(), fresh);
            // Not readable by others again before SQLite holds its lock.
            Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
            try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(fresh, folder.database(), StandardCopyOption.ATOMIC_MOVE);
            folder.sync();
            return true;
        } catch (IOException e) {
            throw new StorageException(
                    "can't free `" + folder.database() + "` of a reader's lock: " + e, e);
        }
    }

    /** Lines of /proc/locks such as {@code 1: POSIX ADVISORY READ 42 08:01:1234 0 EOF}. */
    private List<String> holders() throws IOException {
        String inode =
                ":" + Files.getAttribute(folder.database(), "unix:ino", LinkOption.NOFOLLOW_LINKS);
        List<String> holders = new ArrayList<>();
        for (String line : Files.readAllLines(LOCKS)) {
            String[] words = line.strip().split("\\s+", -1);
            if (words.length >= 8 && words[words.length - 3].endsWith(inode)) {
                holders.add(line);
            }
        }
        return holders;
    }

    private boolean isMereReader(String line) {
        String[] words = line.strip().split("\\s+", -1);
        String kind = words[words.length - 5];
        long pid = Long.parseLong(words[words.length - 4]);
        // A lock of an open file description names no process; SQLite takes none of that kind.
        return kind.equals("READ") && (pid <= 0 || !isRoots.test(pid));
    }

    private static boolean runsAsRoot(long pid) {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/" + pid), "unix:uid") == 0;
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }
}
