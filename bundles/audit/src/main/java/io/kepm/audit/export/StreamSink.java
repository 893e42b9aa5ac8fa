package io.kepm.audit.export;

import io.kepm.api.audit.AuditEntry;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * Syslog over TCP (RFC 6587) or TLS (RFC 5425), each message after its length. The host name of a
 * TLS peer is always checked. Syslog knows no answer: a message that left may be lost with the
 * connection, so {@link #check} looks whether that still stands.
 */
final class StreamSink implements Sink {

    private final Address address;
    private final SyslogMessage message;
    private final Optional<SSLContext> tls;
    private final TimeLimit limit;

    /** Closed to end everything: unlike the socket above it, that never waits for a writer. */
    private volatile @Nullable Socket plain;

    private volatile boolean closed;

    /** What is written to: {@code plain} itself, or TLS over it. */
    private @Nullable Socket connection;

    StreamSink(Address address, SyslogMessage message, Optional<SSLContext> tls, TimeLimit limit) {
        this.address = address;
        this.message = message;
        this.tls = tls;
        this.limit = limit;
    }

    @Override
    public String deliver(List<AuditEntry> batch) throws IOException {
        TimeLimit.Running running = limit.start(TimeLimit.BATCH, this::disconnect);
        try {
            Socket socket = checked();
            OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
            for (AuditEntry entry : batch) {
                byte[] bytes = message.of(entry);
                out.write((bytes.length + " ").getBytes(StandardCharsets.US_ASCII));
                out.write(bytes);
            }
            out.flush();
        } catch (IOException e) {
            drop();
            throw e;
        } finally {
            running.close();
        }
        return "";
    }

    @Override
    public void check() throws IOException {
        try {
            checked();
        } catch (IOException e) {
            drop();
            throw e;
        }
    }

    @Override
    public boolean acknowledges() {
        return false;
    }

    /** The connection, made anew where there is none. */
    private Socket checked() throws IOException {
        Socket socket = connection;
        if (socket == null) {
            return connect();
        }
        socket.setSoTimeout(1);
        try {
            if (socket.getInputStream().read(new byte[64]) < 0) {
                throw new EOFException("the peer closed the connection");
            }
        } catch (SocketTimeoutException e) {
            // Nothing to read and nothing wrong: receivers of syslog never answer.
            return socket;
        }
        return socket;
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        plain = socket;
        if (closed) {
            disconnect();
        }
        // Looked up anew each time.
        InetSocketAddress peer = new InetSocketAddress(address.host(), address.port());
        if (peer.isUnresolved()) {
            throw new IOException("unknown host `" + address.host() + "`");
        }
        int answer = (int) TimeLimit.ANSWER.toMillis();
        // Also against a peer that answers the handshake byte by byte.
        TimeLimit.Running running = limit.start(TimeLimit.BATCH, this::disconnect);
        try {
            socket.connect(peer, answer);
            socket.setKeepAlive(true);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(answer);
            Socket ready = tls.isPresent() ? secured(tls.get(), socket) : socket;
            connection = ready;
            return ready;
        } finally {
            running.close();
        }
    }

    private Socket secured(SSLContext context, Socket socket) throws IOException {
        if (!(context.getSocketFactory().createSocket(socket, address.host(), address.port(), true)
                instanceof SSLSocket secure)) {
            throw new IOException("this Java has no TLS");
        }
        SSLParameters parameters = secure.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
        secure.setSSLParameters(parameters);
        secure.startHandshake();
        return secure;
    }

    private void drop() {
        disconnect();
        connection = null;
    }

    /** From any thread: whoever uses the connection fails. */
    private void disconnect() {
        Socket socket = plain;
        if (socket != null) {
            try {
                socket.close();
            } catch (IOException e) {
                // It is gone either way.
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        disconnect();
    }
}
