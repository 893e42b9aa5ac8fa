package io.kepm.linux;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.kepm.api.linux.Targets.Opened;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the program that a word names, and opens it: an absolute path, or a bare name on the fixed
 * path that sudo has as well. No variable of anybody's has a say in it.
 */
final class Lookup {

    private static final int SYS_OPENAT2 = 437;
    private static final int ENOSYS = 38;

    /** {@code struct open_how}: flags, mode, resolve, 64 bits each. */
    private static final int HOW_BYTES = 24;

    private static final long RESOLVE_NO_MAGICLINKS = 0x02;
    private static final long RESOLVE_NO_SYMLINKS = 0x04;

    private static final Logger LOG = LoggerFactory.getLogger(Lookup.class);

    private Lookup() {}

    static Opened open(String word) throws IOException {
        String path = path(word);
        try {
            return new Opened(path, opened(path));
        } catch (IOException e) {
            LOG.debug("a program that was asked for is none", e);
            throw none(path);
        }
    }

    private static PassedDescriptor opened(String path) throws IOException {
        PathWalk.Found found = PathWalk.follow(path);
        FileStatus status = found.status().orElseThrow(() -> new IOException("missing: " + path));
        if (!status.isRegular()) {
            throw new IOException("no file: " + path);
        }
        int number = number(found.realPath());
        PassedDescriptor opened = new PassedDescriptor(number);
        if (!FileStatus.of(number).isSameFile(status)) {
            opened.close();
            throw new IOException("replaced while it was looked at: " + path);
        }
        return opened;
    }

    /** One text for all: we look with root's eyes, and tell nobody what he could not see. */
    private static IOException none(String path) {
        return new IOException("`" + path + "`: there is no such program");
    }

    private static String path(String word) throws IOException {
        if (word.startsWith("/")) {
            return word;
        }
        if (word.contains("/") || word.isEmpty()) {
            throw new IOException("`" + word + "` is neither a name nor a full path");
        }
        for (String folder : Interpreters.SEARCHED) {
            String path = folder + "/" + word;
            Optional<FileStatus> status = PathWalk.follow(path).status();
            if (status.filter(found -> found.isRegular() && (found.mode() & 0111) != 0)
                    .isPresent()) {
                return path;
            }
        }
        throw new IOException(
                "`"
                        + word
                        + "`: there is no such program in "
                        + String.join(", ", Interpreters.SEARCHED));
    }

    /** Of a path whose links were resolved: one that has some now was changed meanwhile. */
    private static int number(String realPath) throws IOException {
        byte[] path = Libc.text(realPath);
        long flags = Libc.NONBLOCK | Libc.O_NOCTTY | Libc.CLOEXEC;
        try (Memory name = new Memory(path.length);
                Memory how = new Memory(HOW_BYTES)) {
            name.write(0, path, 0, path.length);
            how.clear();
            how.setLong(0, flags);
            how.setLong(16, RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS);
            long number =
                    Libc.syscall(
                            SYS_OPENAT2,
                            Libc.AT_FDCWD,
                            Pointer.nativeValue(name),
                            Pointer.nativeValue(how),
                            HOW_BYTES);
            if (number >= 0) {
                return (int) number;
            }
        }
        int errno = Native.getLastError();
        // A kernel before 5.6: what is opened is compared with what was looked at.
        int number = errno == ENOSYS ? Libc.open(path, (int) flags) : -1;
        if (number < 0) {
            throw new IOException("`" + realPath + "`: " + Libc.words(errno));
        }
        return number;
    }
}
