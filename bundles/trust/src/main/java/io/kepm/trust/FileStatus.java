package io.kepm.trust;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What the kernel says about one path, a link not followed.
 *
 * @param mode permission bits and file type, as in stat(2)
 */
record FileStatus(int uid, int mode) {

    private static final int TYPE = 0170000;
    private static final int LINK = 0120000;
    private static final int SOCKET = 0140000;
    private static final int FOLDER = 0040000;
    private static final int CHARACTERS = 0020000;
    private static final int BLOCKS = 0060000;
    private static final int STICKY = 01000;

    /** Empty when there is nothing of that name. */
    static Optional<FileStatus> of(Path path) throws IOException {
        try {
            Map<String, Object> found =
                    Files.readAttributes(path, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
            if (found.get("uid") instanceof Integer uid
                    && found.get("mode") instanceof Integer mode) {
                return Optional.of(new FileStatus(uid, mode));
            }
            throw new IOException("the system does not tell its owner and mode");
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    boolean isLink() {
        return (mode & TYPE) == LINK;
    }

    boolean isFolder() {
        return (mode & TYPE) == FOLDER;
    }

    boolean isDevice() {
        return (mode & TYPE) == CHARACTERS || (mode & TYPE) == BLOCKS;
    }

    /** A folder for everybody, such as {@code /tmp}, where each removes his own alone. */
    boolean isSticky() {
        return isFolder() && (mode & STICKY) != 0;
    }

    /**
     * By the group or by everyone. A link's mode says nothing, and a socket's who may talk to it,
     * not who may change it.
     */
    boolean isWritableByOthers() {
        return !isLink() && (mode & TYPE) != SOCKET && (mode & 0022) != 0;
    }

    /** By users who are neither the owner nor of the group. */
    boolean isOpenToEveryone() {
        return !isLink() && (mode & 0007) != 0;
    }

    String octal() {
        return String.format("%04o", mode & 07777);
    }
}
