package io.kepm.shell;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** The closed folder of the shell's socket; nobody but root can reach into it. */
record ShellFolder(Path folder) {

    private static final int TYPE_MASK = 0170000;
    private static final int SOCKET = 0140000;
    private static final int BACKLOG = 4;

    Path socket() {
        return folder.resolve("shell.sock");
    }

    /** Listens; the folder is closed before the socket exists. */
    ServerSocketChannel listen() throws IOException {
        prepare();
        clear();
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(UnixDomainSocketAddress.of(socket()), BACKLOG);
            Files.setPosixFilePermissions(socket(), PosixFilePermissions.fromString("rw-------"));
            return server;
        } catch (IOException e) {
            server.close();
            throw e;
        }
    }

    /** Removes the socket of a shell that is gone. */
    void clear() throws IOException {
        Path socket = socket();
        if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        int mode = (int) Files.getAttribute(socket, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        if ((mode & TYPE_MASK) != SOCKET) {
            throw new IOException("`" + socket + "` is no socket: remove it");
        }
        if (somebodyAnswers()) {
            throw new IOException("another process answers on `" + socket + "`: stop it");
        }
        Files.delete(socket);
    }

    private void prepare() throws IOException {
        Path parent = folder.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(
                    folder,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        }
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                || parent == null
                || !Files.getOwner(folder).equals(Files.getOwner(parent))) {
            throw new IOException("`" + folder + "` is no folder of root's own: remove it");
        }
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    }

    private boolean somebodyAnswers() {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.configureBlocking(false);
            return channel.connect(UnixDomainSocketAddress.of(socket()));
        } catch (IOException e) {
            return false;
        }
    }
}
