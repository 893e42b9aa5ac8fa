package io.kepm.linux;

import java.io.IOException;
import java.util.List;

/**
 * A file that may be launched: regular, and nobody but root could have changed it, what leads to
 * it, or what reads it.
 *
 * @param path with links resolved
 * @param sha256 lower-case hex
 * @param shownAs what the kernel may show as the program that runs
 */
record Program(String path, FileStatus file, String sha256, List<FileStatus> shownAs) {

    Program {
        shownAs = List.copyOf(shownAs);
    }

    static Program at(String path, Digests digests) throws IOException {
        PathWalk.Found found = PathWalk.follow(path);
        if (!found.unsafe().isEmpty() || found.status().isEmpty()) {
            throw new IOException(
                    "`" + path + "` is not launched: " + String.join(", ", found.unsafe()));
        }
        try (OpenFile file = OpenFile.at(found.realPath(), found.status().get())) {
            List<String> doubts = Interpreters.doubts(file);
            if (!doubts.isEmpty()) {
                throw new IOException("`" + path + "` is not launched: " + doubts.get(0));
            }
            List<FileStatus> readers = Interpreters.files(file);
            return new Program(
                    found.realPath(),
                    file.status(),
                    digests.of(file),
                    readers.isEmpty() ? List.of(file.status()) : readers);
        }
    }

    /** As the C library writes a device number (makedev(3)), which stat(2) gives. */
    long device() {
        long major = file.device() >>> 32;
        long minor = file.device() & 0xffffffffL;
        return (minor & 0xff)
                | (major & 0xfff) << 8
                | (minor & ~0xffL) << 12
                | (major & ~0xfffL) << 32;
    }
}
