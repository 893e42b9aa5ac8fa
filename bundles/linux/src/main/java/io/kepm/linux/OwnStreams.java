package io.kepm.linux;

import com.sun.jna.Native;
import io.kepm.api.linux.TransientUnits.Streams;
import io.kepm.api.linux.UnixSockets.Descriptor;
import java.io.IOException;
import java.util.Optional;

/**
 * What is looked at before a descriptor that somebody passed is given to a command with other
 * rights. INVARIANT: nothing is opened again by its name: the rights of the command would open more
 * than those who passed it could.
 */
final class OwnStreams {

    private OwnStreams() {}

    /** The three standard streams, as whoever has this uid passed them. */
    static void check(Streams streams, long uid) throws IOException {
        check("in", streams.in(), Libc.O_WRONLY, uid);
        check("out", streams.out(), Libc.O_RDONLY, uid);
        check("err", streams.err(), Libc.O_RDONLY, uid);
    }

    /**
     * It has to be open for what a command does with it: a command may open it anew by {@code
     * /dev/stderr}, with rights of its own, and would get more than was passed.
     *
     * @param useless of the ways to open a file the one that is none for this stream
     */
    private static void check(String name, Descriptor stream, int useless, long uid)
            throws IOException {
        int flags = Libc.fcntl(stream.number(), Libc.F_GETFL);
        if (flags < 0) {
            throw new IOException("stream `" + name + "`: " + Libc.words(Native.getLastError()));
        }
        if ((flags & Libc.O_PATH) != 0 || (flags & Libc.O_ACCMODE) == useless) {
            throw new IOException(
                    "stream `"
                            + name
                            + "` is not open for "
                            + (useless == Libc.O_WRONLY ? "reading" : "writing"));
        }
        checkTerminal(stream, uid);
    }

    /**
     * A terminal has to be of this system and of whoever passed it: nobody's command writes to
     * somebody else's screen.
     */
    private static void checkTerminal(Descriptor stream, long uid) throws IOException {
        if (Libc.isatty(stream.number()) != 1) {
            return;
        }
        FileStatus held = FileStatus.of(stream.number());
        if (held.uid() != uid) {
            throw new IOException("a terminal that was passed belongs to uid " + held.uid());
        }
        Optional<FileStatus> named = FileStatus.of(name(stream));
        if (named.filter(held::isSameFile).isEmpty()) {
            throw new IOException("a terminal that was passed is none of this system's");
        }
    }

    /**
     * Where a folder that was passed lies, as the kernel names it.
     *
     * @param pid whose current one it has to be: by O_PATH anybody opens a folder that he may not
     *     enter
     * @throws IOException when it is no folder, or its name leads elsewhere: it was deleted, or is
     *     in a tree that is not this system's
     */
    static String folder(Descriptor folder, int pid) throws IOException {
        FileStatus held = FileStatus.of(folder.number());
        if (!held.isDirectory()) {
            throw new IOException("what was passed as the current directory is none");
        }
        if (FileStatus.behind("/proc/" + pid + "/cwd").filter(held::isSameFile).isEmpty()) {
            throw new IOException("what was passed is not your current directory");
        }
        String name = name(folder);
        Optional<FileStatus> named =
                name.startsWith("/") ? FileStatus.of(name) : Optional.<FileStatus>empty();
        if (named.filter(held::isSameFile).isEmpty()) {
            throw new IOException("the current directory is gone, or covered by another one");
        }
        return name;
    }

    private static String name(Descriptor passed) throws IOException {
        return PathWalk.readLink("/proc/self/fd/" + passed.number());
    }
}
