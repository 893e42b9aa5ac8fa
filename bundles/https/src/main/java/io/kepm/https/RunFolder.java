package io.kepm.https;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** The two files that this door keeps in the agent's runtime folder, which only root can write. */
record RunFolder(Path folder) {

    private static final int TYPE_MASK = 0170000;
    private static final int SOCKET = 0140000;

    Path socket() {
        return folder.resolve("agent.sock");
    }

    Path certificate() {
        return folder.resolve("agent.crt");
    }

    void prepare() throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder);
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    /** Replaces the certificate that clients verify with; they see the old one or the new one. */
    void publish(String pem) throws IOException {
        prepare();
        Path next = folder.resolve(".agent.crt.new");
        Files.deleteIfExists(next);
        Files.write(
                next,
                pem.getBytes(StandardCharsets.US_ASCII),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS);
        Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rw-r--r--"));
        Files.move(next, certificate(), StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Removes the socket of an agent that is gone, so that it can be bound again.
     *
     * @throws IOException when something else is in its place, or somebody answers on it
     */
    void clearSocket() throws IOException {
        prepare();
        Path socket = socket();
        if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        int mode = (int) Files.getAttribute(socket, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        if ((mode & TYPE_MASK) != SOCKET) {
            throw new IOException("`" + socket + "` is no socket: remove it");
        }
        if (!Files.getOwner(socket, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(folder))) {
            throw new IOException("`" + socket + "` has another owner than its folder: remove it");
        }
        if (somebodyAnswers()) {
            throw new IOException("another process answers on `" + socket + "`: stop it");
        }
        Files.delete(socket);
    }

    /** The kernel says who is behind it, so everybody may connect. */
    void openSocket() throws IOException {
        Files.setPosixFilePermissions(socket(), PosixFilePermissions.fromString("rw-rw-rw-"));
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
