package io.kepm.linux;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.IOException;

/**
 * A regular file opened for reading, by a number of our own. Reads by position only: the offset of
 * a descriptor that was passed to us belongs to whoever passed it.
 */
final class OpenFile implements AutoCloseable {

    private final int number;
    private final boolean ours;
    private final FileStatus status;

    private OpenFile(int number, boolean ours, FileStatus status) {
        this.number = number;
        this.ours = ours;
        this.status = status;
    }

    /** Opens a file that is known to be the one expected; another one in its place is refused. */
    static OpenFile at(String path, FileStatus expected) throws IOException {
        if (!expected.isRegular()) {
            throw new IOException("`" + path + "` is not a regular file");
        }
        int flags = Libc.NONBLOCK | Libc.O_NOCTTY | Libc.CLOEXEC;
        int number = Libc.open(Libc.text(path), flags);
        if (number < 0) {
            throw new IOException("`" + path + "`: " + Libc.words(Native.getLastError()));
        }
        try {
            FileStatus found = FileStatus.of(number);
            if (!found.isSameFile(expected) || !found.isRegular()) {
                throw new IOException("`" + path + "` was replaced while it was looked at");
            }
            return new OpenFile(number, true, found);
        } catch (IOException e) {
            Libc.close(number);
            throw e;
        }
    }

    /**
     * A descriptor that was passed to us; it stays the caller's to close. One that names its file
     * without giving its content (O_PATH) is opened anew through our own descriptor table, which is
     * bound to the file and not to its name.
     */
    static OpenFile of(int passed) throws IOException {
        FileStatus status = FileStatus.of(passed);
        if (!status.isRegular()) {
            throw new IOException("the descriptor is not of a regular file");
        }
        int flags = Libc.fcntl(passed, Libc.F_GETFL);
        if (flags < 0) {
            throw new IOException("the descriptor: " + Libc.words(Native.getLastError()));
        }
        if ((flags & Libc.O_PATH) != 0) {
            return at("/proc/self/fd/" + passed, status);
        }
        if ((flags & Libc.O_ACCMODE) != 0) {
            throw new IOException("the descriptor is open for writing");
        }
        return new OpenFile(passed, false, status);
    }

    int number() {
        return number;
    }

    FileStatus status() {
        return status;
    }

    /** Whether nobody wrote to it since it was opened here. */
    boolean isUnchanged() throws IOException {
        return FileStatus.of(number).equals(status);
    }

    /** Reads up to {@code length} bytes from a place; 0 at the end. */
    int read(Pointer buffer, int length, long offset) throws IOException {
        for (; ; ) {
            long count = Libc.pread(number, buffer, length, offset);
            if (count >= 0) {
                return (int) count;
            }
            int errno = Native.getLastError();
            if (errno != Libc.EINTR) {
                throw new IOException("reading failed: " + Libc.words(errno));
            }
        }
    }

    @Override
    public void close() {
        if (ours) {
            Libc.close(number);
        }
    }
}
