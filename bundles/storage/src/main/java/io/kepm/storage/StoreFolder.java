package io.kepm.storage;

import io.kepm.api.storage.StorageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Optional;
import java.util.Set;

/**
 * The folder {@code KeeperStorage}: readable by administrators, since what is in it is sealed, and
 * writable by root alone.
 *
 * <p>INVARIANT: while the store is open, nothing in this process may open {@link #database} by
 * itself: closing it would drop the lock that keeps a second agent out (POSIX locks belong to the
 * process).
 */
record StoreFolder(Path path) {

    private static final String ADMINS = "kepm-admins";
    private static final Set<PosixFilePermission> FOLDER_MODE =
            PosixFilePermissions.fromString("rwxr-x---");
    private static final Set<PosixFilePermission> FILE_MODE =
            PosixFilePermissions.fromString("rw-r-----");

    Path database() {
        return path.resolve("kepm.db");
    }

    /** What was committed and is not in the database yet; SQLite names it so. */
    Path wal() {
        return path.resolve("kepm.db-wal");
    }

    Path masterKey() {
        return path.resolve(".master.key");
    }

    boolean hasDatabase() throws StorageException {
        try {
            return Files.exists(database()) && Files.size(database()) > 0;
        } catch (IOException e) {
            throw new StorageException("can't look at `" + database() + "`: " + e.getMessage(), e);
        }
    }

    /** Bytes that its file system has left for it. */
    long free() throws StorageException {
        try {
            return Files.getFileStore(path).getUsableSpace();
        } catch (IOException e) {
            throw new StorageException("can't tell the free space for `" + path + "`: " + e, e);
        }
    }

    /** Makes the folder, or checks that nobody else could have written to it. */
    void prepare() throws StorageException {
        try {
            if (!Files.exists(path)) {
                Files.createDirectories(path);
                Files.setPosixFilePermissions(path, FOLDER_MODE);
                giveToAdmins(path);
            }
            Path target = path.toRealPath();
            refuse(Ownership.writableByOthers(target));
            if (Files.exists(database())) {
                refuse(Ownership.writableByOthers(database()));
            }
        } catch (IOException e) {
            throw new StorageException("can't prepare the folder `" + path + "`: " + e, e);
        }
    }

    /**
     * Makes the empty database file, so that it and what SQLite puts beside it (with the same mode)
     * are never readable by everybody.
     */
    void makeDatabase() throws StorageException {
        try {
            if (!Files.exists(database())) {
                Files.createFile(database(), PosixFilePermissions.asFileAttribute(FILE_MODE));
                showDatabase();
                sync();
            }
        } catch (IOException e) {
            throw new StorageException("can't make `" + database() + "`: " + e, e);
        }
    }

    /** Lets administrators read the database. */
    void showDatabase() throws IOException {
        Files.setPosixFilePermissions(database(), FILE_MODE);
        giveToAdmins(database());
    }

    /** Makes the folder's own entries durable. */
    void sync() throws IOException {
        try (FileChannel folder = FileChannel.open(path, StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    private static void refuse(Optional<String> fault) throws StorageException {
        if (fault.isPresent()) {
            throw new StorageException("the store is not safe from other users: " + fault.get());
        }
    }

    private static void giveToAdmins(Path path) throws IOException {
        if (Ownership.own() != 0) {
            return;
        }
        try {
            PosixFileAttributeView view =
                    Files.getFileAttributeView(path, PosixFileAttributeView.class);
            view.setGroup(
                    path.getFileSystem()
                            .getUserPrincipalLookupService()
                            .lookupPrincipalByGroupName(ADMINS));
        } catch (UserPrincipalNotFoundException e) {
            // Without that group the store is root's alone.
        }
    }
}
