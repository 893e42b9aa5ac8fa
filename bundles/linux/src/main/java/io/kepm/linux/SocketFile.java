package io.kepm.linux;

import com.sun.jna.Native;
import java.io.IOException;
import java.nio.file.Path;

/** The name of a listening socket in the file system: made closed, found safe, taken away again. */
final class SocketFile {

    private static final int BACKLOG = 512;

    private final Path path;
    private final FileStatus made;

    private SocketFile(Path path, FileStatus made) {
        this.path = path;
        this.made = made;
    }

    /** Binds a socket to the path and listens. */
    static SocketFile bind(int socket, Path path, int mode) throws IOException {
        requireSafeFolder(path);
        clearLeftover(path);
        // A socket's file gets the mode of the socket itself, less the umask: never a wider one.
        check(Libc.fchmod(socket, mode), path);
        byte[] address = SocketAddress.of(path);
        check(Libc.bind(socket, address, address.length), path);
        check(Libc.chmod(Libc.text(path.toString()), mode), path);
        FileStatus made =
                FileStatus.of(path.toString())
                        .filter(FileStatus::isSocket)
                        .orElseThrow(() -> new IOException("socket `" + path + "` is gone"));
        check(Libc.listen(socket, BACKLOG), path);
        return new SocketFile(path, made);
    }

    /** Removes the name if it is still the one that was made here. */
    void remove() {
        try {
            if (FileStatus.of(path.toString()).filter(made::isSameFile).isPresent()) {
                Libc.unlink(Libc.text(path.toString()));
            }
        } catch (IOException e) {
            // Left behind, it is replaced by the next start.
            return;
        }
    }

    private static void requireSafeFolder(Path path) throws IOException {
        Path folder = path.toAbsolutePath().getParent();
        FileStatus status =
                FileStatus.of(String.valueOf(folder))
                        .filter(FileStatus::isDirectory)
                        .orElseThrow(() -> new IOException("folder `" + folder + "` is missing"));
        if (!status.isOurs() || (status.mode() & 022) != 0) {
            throw new IOException(
                    "folder `"
                            + folder
                            + "` could be changed by others: chown root:root and chmod 0755 it");
        }
    }

    private static void clearLeftover(Path path) throws IOException {
        FileStatus status = FileStatus.of(path.toString()).orElse(null);
        if (status == null) {
            return;
        }
        if (!status.isSocket() || !status.isOurs()) {
            throw new IOException(
                    "`" + path + "` is in the way: it is no socket of ours, so it is left alone");
        }
        if (isAnswered(path)) {
            throw new IOException("somebody answers on `" + path + "`: another agent is running");
        }
        check(Libc.unlink(Libc.text(path.toString())), path);
    }

    private static boolean isAnswered(Path path) throws IOException {
        int socket = Libc.socket(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.CLOEXEC | Libc.NONBLOCK, 0);
        check(socket, path);
        try {
            byte[] address = SocketAddress.of(path);
            return Libc.connect(socket, address, address.length) == 0
                    || Native.getLastError() != Libc.ECONNREFUSED;
        } finally {
            Libc.close(socket);
        }
    }

    private static void check(int result, Path path) throws IOException {
        if (result < 0) {
            throw new IOException("socket `" + path + "`: " + Libc.words(Native.getLastError()));
        }
    }
}
