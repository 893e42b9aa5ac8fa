package io.kepm.audit.export;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** A receiver of octet-counted syslog on a free port; what it read lies in a queue. */
final class SyslogServer implements AutoCloseable {

    final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    final BlockingQueue<Socket> connections = new LinkedBlockingQueue<>();
    private final ServerSocket server;

    SyslogServer(ServerSocket server) {
        this.server = server;
        Thread thread = new Thread(this::accept, "syslog-server");
        thread.setDaemon(true);
        thread.start();
    }

    static SyslogServer plain() throws IOException {
        return new SyslogServer(new ServerSocket(0, 5, InetAddress.getLoopbackAddress()));
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept() {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                connections.add(socket);
                DataInputStream in = new DataInputStream(socket.getInputStream());
                while (true) {
                    messages.add(message(in));
                }
            } catch (IOException e) {
                // The next one.
            }
        }
    }

    private static String message(DataInputStream in) throws IOException {
        int length = 0;
        for (int c = in.readUnsignedByte(); c != ' '; c = in.readUnsignedByte()) {
            if (c < '0' || c > '9') {
                throw new IOException("not the length of a message");
            }
            length = length * 10 + c - '0';
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket socket : connections) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
