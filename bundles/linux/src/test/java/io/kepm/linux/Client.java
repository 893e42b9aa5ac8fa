package io.kepm.linux;

import com.sun.jna.Memory;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Arrays;

/** The other end of a socket, with everything a bad client does. */
final class Client implements AutoCloseable {

    private final int socket;

    /** One that is connected already. */
    Client(int socket) {
        this.socket = socket;
    }

    Client(Path path) throws IOException {
        socket = Libc.socket(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.CLOEXEC, 0);
        byte[] address = SocketAddress.of(path);
        while (Libc.connect(socket, address, address.length) != 0) {
            if (com.sun.jna.Native.getLastError() != Libc.EINTR) {
                Libc.close(socket);
                throw new IOException("connect");
            }
        }
    }

    static SocketChannel channel(Path path) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(path));
        return channel;
    }

    static byte[] frame(byte[] payload) {
        return ByteBuffer.allocate(payload.length + 4).putInt(payload.length).put(payload).array();
    }

    /** Sends bytes, and descriptors with the first of them. */
    long send(byte[] bytes, int... descriptors) {
        int control = (16 + 4 * descriptors.length + 7) & ~7;
        try (Memory memory = new Memory(72L + control + Math.max(1, bytes.length))) {
            memory.clear();
            memory.setPointer(16, memory.share(56));
            memory.setLong(24, 1);
            memory.setPointer(56, memory.share(72L + control));
            memory.setLong(64, bytes.length);
            memory.write(72L + control, bytes, 0, bytes.length);
            if (descriptors.length > 0) {
                memory.setPointer(32, memory.share(72));
                memory.setLong(40, control);
                memory.setLong(72, 16 + 4L * descriptors.length);
                memory.setInt(80, Libc.SOL_SOCKET);
                memory.setInt(84, Libc.SCM_RIGHTS);
                memory.write(88, descriptors, 0, descriptors.length);
            }
            return Libc.sendmsg(socket, memory, Libc.MSG_NOSIGNAL);
        }
    }

    /** One frame, or empty bytes at the end. */
    byte[] receive() throws IOException {
        byte[] head = read(4);
        return head.length < 4 ? new byte[0] : read(ByteBuffer.wrap(head).getInt());
    }

    private byte[] read(int length) throws IOException {
        byte[] bytes = new byte[length];
        try (Memory memory = new Memory(56 + 16 + Math.max(1, length))) {
            int got = 0;
            while (got < length) {
                memory.clear();
                memory.setPointer(16, memory.share(56));
                memory.setLong(24, 1);
                memory.setPointer(56, memory.share(72));
                memory.setLong(64, length - got);
                long count = Libc.recvmsg(socket, memory, 0);
                if (count <= 0) {
                    return Arrays.copyOf(bytes, 0);
                }
                memory.read(72, bytes, got, (int) count);
                got += (int) count;
            }
        }
        return bytes;
    }

    void hangUp() {
        Libc.shutdown(socket, Libc.SHUT_RDWR);
    }

    @Override
    public void close() {
        Libc.close(socket);
    }

    static void writeFrame(SocketChannel channel, byte[] payload) throws IOException {
        OutputStream out = Channels.newOutputStream(channel);
        out.write(frame(payload));
    }

    static byte[] readFrame(SocketChannel channel) throws IOException {
        InputStream in = Channels.newInputStream(channel);
        byte[] head = in.readNBytes(4);
        return head.length < 4 ? new byte[0] : in.readNBytes(ByteBuffer.wrap(head).getInt());
    }
}
