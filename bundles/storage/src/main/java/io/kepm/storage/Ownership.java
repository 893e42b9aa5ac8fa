package io.kepm.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Who could have changed a file: only root may have, or the user that this agent runs as. */
final class Ownership {

    private static final int WRITE_FOR_OTHERS = 0022;
    private static final int ANY_FOR_OTHERS = 0077;

    private Ownership() {}

    /** What is wrong when somebody else could have written it; empty when nobody could. */
    static Optional<String> writableByOthers(Path path) throws IOException {
        return fault(path, WRITE_FOR_OTHERS);
    }

    /** What is wrong when somebody else could read or write it; empty when nobody could. */
    static Optional<String> openToOthers(Path path) throws IOException {
        return fault(path, ANY_FOR_OTHERS);
    }

    /** What is wrong when it belongs to somebody else, whatever its mode; for links. */
    static Optional<String> foreign(Path path) throws IOException {
        return fault(path, 0);
    }

    /** The user id that this process runs as. */
    static int own() throws IOException {
        return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    }

    private static Optional<String> fault(Path path, int forbidden) throws IOException {
        Map<String, Object> attributes =
                Files.readAttributes(path, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
        int uid = (Integer) attributes.getOrDefault("uid", -1);
        int mode = (Integer) attributes.getOrDefault("mode", 0);
        if (uid != 0 && uid != own()) {
            return Optional.of(
                    "`%s` belongs to uid %d: run `chown root %s`".formatted(path, uid, path));
        }
        if ((mode & forbidden) != 0) {
            return Optional.of(
                    "`%s` has mode %04o: run `chmod %04o %s`"
                            .formatted(path, mode & 07777, mode & 07777 & ~forbidden, path));
        }
        return Optional.empty();
    }
}
