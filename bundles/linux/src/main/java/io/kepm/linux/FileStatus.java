package io.kepm.linux;

import com.sun.jna.Native;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** What statx(2) says of a file; links are not followed. */
record FileStatus(
        long device, long inode, int mode, long uid, long size, long modified, long changed) {

    private static final int STATX_BASIC = 0x7ff;
    private static final int TYPE = 0xf000;

    /** The file of that name; empty when there is none. */
    static Optional<FileStatus> of(String path) throws IOException {
        return read(Libc.AT_FDCWD, Libc.text(path), Libc.AT_SYMLINK_NOFOLLOW, path);
    }

    /**
     * What a link leads to; also one of /proc that is no text, such as {@code /proc/PID/exe}. As
     * the kernel knows it: a file system that never answers holds nobody up who only looks.
     */
    static Optional<FileStatus> behind(String link) throws IOException {
        return read(Libc.AT_FDCWD, Libc.text(link), Libc.AT_STATX_DONT_SYNC, link);
    }

    /** The open file, also of an O_PATH descriptor. */
    static FileStatus of(int descriptor) throws IOException {
        return read(descriptor, Libc.text(""), Libc.AT_EMPTY_PATH, "descriptor " + descriptor)
                .orElseThrow(() -> new IOException("descriptor " + descriptor + " is not open"));
    }

    private static Optional<FileStatus> read(int fd, byte[] path, int flags, String name)
            throws IOException {
        byte[] bytes = new byte[256];
        if (Libc.statx(fd, path, flags, STATX_BASIC, bytes) != 0) {
            int errno = Native.getLastError();
            if (errno == Libc.ENOENT || errno == Libc.ENOTDIR) {
                return Optional.empty();
            }
            throw new IOException("`" + name + "`: " + Libc.words(errno));
        }
        ByteBuffer status = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        return Optional.of(
                new FileStatus(
                        ((long) status.getInt(136) << 32)
                                | Integer.toUnsignedLong(status.getInt(140)),
                        status.getLong(32),
                        Short.toUnsignedInt(status.getShort(28)),
                        Integer.toUnsignedLong(status.getInt(20)),
                        status.getLong(40),
                        nanos(status, 112),
                        nanos(status, 96)));
    }

    private static long nanos(ByteBuffer status, int at) {
        return status.getLong(at) * 1_000_000_000L + status.getInt(at + 8);
    }

    boolean isRegular() {
        return (mode & TYPE) == 0x8000;
    }

    boolean isDirectory() {
        return (mode & TYPE) == 0x4000;
    }

    boolean isLink() {
        return (mode & TYPE) == 0xa000;
    }

    boolean isSocket() {
        return (mode & TYPE) == 0xc000;
    }

    boolean isCharacterDevice() {
        return (mode & TYPE) == 0x2000;
    }

    boolean isSetUid() {
        return (mode & 04000) != 0;
    }

    boolean isSameFile(FileStatus other) {
        return device == other.device && inode == other.inode;
    }

    /** Root's; or of whoever runs this agent, when that is a user who tries things out. */
    boolean isOurs() {
        return uid == 0 || uid == Integer.toUnsignedLong(Libc.geteuid());
    }

    /** Why somebody other than root could change it; empty when only root could. */
    Optional<String> doubt(String path) {
        if (!isOurs()) {
            return Optional.of("not owned by root: " + path + " (uid " + uid + ")");
        }
        // With an access list, the group bits show the most that any entry of it gives.
        if ((mode & 022) != 0) {
            return Optional.of(
                    String.format("writable by others: %s (mode %04o)", path, mode & 07777));
        }
        return Optional.empty();
    }
}
