package io.kepm.audit.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;

/**
 * A regular file or folder of root's (or of the user this agent runs as), as it stood when looked
 * at. Links are never followed.
 *
 * @param device with {@code inode} tells whether a path still leads to the same file
 */
record OwnedFile(long device, long inode) {

    /** Rights that a file may not give: to write it, and for others anything at all. */
    static final int PRIVATE = 0027;

    /** Rights that a file or folder may not give: to write it. */
    static final int READABLE = 0022;

    /** As {@link #PRIVATE}, for what not even a group may read. */
    static final int SECRET = 0077;

    /**
     * Looks at a file.
     *
     * @throws IOException when it is no regular file, is not root's, or gives a forbidden right
     */
    static OwnedFile of(Path path, int forbidden) throws IOException {
        if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(
                    Files.exists(path, LinkOption.NOFOLLOW_LINKS)
                            ? "`" + path + "` is not a regular file"
                            : "`" + path + "` does not exist");
        }
        return owned(path, forbidden);
    }

    /**
     * Looks at the folder that holds a file.
     *
     * @throws IOException when it is none, or somebody else could change what is in it
     */
    static void checkFolder(Path file) throws IOException {
        Path folder = file.getParent();
        if (folder == null || !Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("`" + folder + "` is not a folder: make it, mode 0750, root's");
        }
        owned(folder, READABLE);
    }

    private static OwnedFile owned(Path path, int forbidden) throws IOException {
        Map<String, Object> attributes =
                Files.readAttributes(path, "unix:uid,mode,dev,ino", LinkOption.NOFOLLOW_LINKS);
        int uid = (Integer) attributes.getOrDefault("uid", -1);
        int mode = (Integer) attributes.getOrDefault("mode", 0);
        int own = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        if (uid != 0 && uid != own) {
            throw new IOException(
                    "`%s` belongs to uid %d: run `chown root %s`".formatted(path, uid, path));
        }
        if ((mode & forbidden) != 0) {
            throw new IOException(
                    "`%s` has mode %04o: run `chmod %04o %s`"
                            .formatted(path, mode & 07777, mode & 07777 & ~forbidden, path));
        }
        return new OwnedFile(
                (Long) attributes.getOrDefault("dev", 0L),
                (Long) attributes.getOrDefault("ino", 0L));
    }
}
