package io.kepm.https;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A client that sends exactly the bytes it is told to, and reads one answer at a time. */
final class RawClient implements Closeable {

    private final Closeable connection;
    private final InputStream in;
    private final OutputStream out;

    private RawClient(Closeable connection, InputStream in, OutputStream out) {
        this.connection = connection;
        this.in = in;
        this.out = out;
    }

    static RawClient unix(Path path) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(path));
        return new RawClient(
                channel,
                Channels.newInputStream(channel),
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        write(new byte[] {(byte) b}, 0, 1);
                    }

                    @Override
                    public void write(byte[] bytes, int offset, int length) throws IOException {
                        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
                        while (buffer.hasRemaining()) {
                            channel.write(buffer);
                        }
                    }
                });
    }

    static RawClient tcp(int port) throws IOException {
        return of(new Socket(InetAddress.getByName("127.0.0.1"), port));
    }

    static RawClient tls(int port, Path certificate) throws Exception {
        return of(
                trusting(certificate)
                        .getSocketFactory()
                        .createSocket(InetAddress.getByName("127.0.0.1"), port));
    }

    static SSLContext trusting(Path certificate) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null);
        try (InputStream in = Files.newInputStream(certificate)) {
            store.setCertificateEntry(
                    "agent", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private static RawClient of(Socket socket) throws IOException {
        socket.setSoTimeout(60_000);
        return new RawClient(socket, socket.getInputStream(), socket.getOutputStream());
    }

    /** How long an answer over TCP may take. */
    void patience(int millis) throws IOException {
        ((Socket) connection).setSoTimeout(millis);
    }

    /** One answer; status 0 when the connection ended without one. */
    record Reply(int status, Map<String, String> headers, String body) {
        String header(String name) {
            return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        }
    }

    RawClient write(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
        return this;
    }

    Reply send(String text) throws IOException {
        try {
            write(text);
        } catch (IOException e) {
            // The answer may have come, and the connection be closed, before all was sent.
        }
        return read(text.startsWith("HEAD"));
    }

    Reply get(String path, String host) throws IOException {
        return send("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    }

    /** Over the Unix socket. */
    Reply get(String path) throws IOException {
        return get(path, "localhost");
    }

    Reply post(String path, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        return send(
                "POST "
                        + path
                        + " HTTP/1.1\r\nHost: kepm\r\nContent-Type: application/json\r\n"
                        + "Content-Length: "
                        + body.length
                        + "\r\n\r\n"
                        + new String(body, StandardCharsets.ISO_8859_1));
    }

    Reply read(boolean head) throws IOException {
        String status = line();
        if (!status.startsWith("HTTP/1.1 ")) {
            return new Reply(0, Map.of(), status);
        }
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).trim());
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        byte[] body = head ? new byte[0] : in.readNBytes(length);
        return new Reply(
                Integer.parseInt(status.split(" ")[1]),
                headers,
                new String(body, StandardCharsets.UTF_8));
    }

    /** Whether the other side has not closed it within so long. */
    boolean isStillOpen(int millis) throws IOException {
        Socket socket = (Socket) connection;
        int usual = socket.getSoTimeout();
        socket.setSoTimeout(millis);
        try {
            while (in.read() >= 0) {
                // Such as the alert of a TLS layer that ends.
            }
            return false;
        } catch (SocketTimeoutException e) {
            return true;
        } catch (IOException e) {
            return false;
        } finally {
            socket.setSoTimeout(usual);
        }
    }

    /** Whether the other side has closed, or closes within the time-out. */
    boolean isClosed() {
        try {
            return in.read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    String readLine() throws IOException {
        return line();
    }

    /** Reads on up to a text; all that was read. */
    String until(String text) throws IOException {
        StringBuilder seen = new StringBuilder();
        for (int b = in.read(); b >= 0; b = in.read()) {
            seen.append((char) b);
            if (b == text.charAt(text.length() - 1) && seen.indexOf(text) >= 0) {
                return seen.toString();
            }
        }
        throw new AssertionError("`" + text + "` did not come: " + seen);
    }

    /** All that comes until the other side closes. */
    String rest() throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    /** The body of an answer in chunks, ASCII. */
    static String unchunked(String answer) {
        StringBuilder body = new StringBuilder();
        int place = answer.indexOf("\r\n\r\n") + 4;
        while (true) {
            int end = answer.indexOf("\r\n", place);
            int length = Integer.parseInt(answer.substring(place, end), 16);
            if (length == 0) {
                return body.toString();
            }
            body.append(answer, end + 2, end + 2 + length);
            place = end + 2 + length + 2;
        }
    }

    /** Reads on, whatever comes, until the other side has closed. */
    void drain() {
        try {
            while (in.read() >= 0) {
                // Such as the alert of a TLS layer that ends.
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError("it is still open", e);
        } catch (IOException e) {
            // Closed the hard way.
        }
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try {
            for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
                line.write(b);
            }
        } catch (java.net.SocketException e) {
            return "";
        } catch (IOException e) {
            return Arrays.toString(line.toByteArray());
        }
        return line.toString(StandardCharsets.ISO_8859_1).replace("\r", "");
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
