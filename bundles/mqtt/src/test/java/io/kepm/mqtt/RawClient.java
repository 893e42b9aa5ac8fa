package io.kepm.mqtt;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLSocket;

/** MQTT by hand over TLS: what no decent client would send. */
final class RawClient implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 60_000;

    private final SSLSocket socket;
    private final DataInputStream in;

    RawClient(TestHouse house) throws IOException {
        this(house.port());
    }

    RawClient(int port) throws IOException {
        socket =
                (SSLSocket)
                        TestHouse.CERTIFICATE
                                .client("TLS")
                                .getSocketFactory()
                                .createSocket("localhost", port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = new DataInputStream(socket.getInputStream());
    }

    /**
     * One packet as it came.
     *
     * @param first type and flags
     */
    record Packet(int first, byte[] body) {
        int type() {
            return first >> 4;
        }
    }

    SSLSocket socket() {
        return socket;
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /**
     * Whether the broker ends the connection for what is sent. It may do so before it has all of
     * it, so a write that breaks is that end too.
     */
    boolean isEndedBy(byte[]... packets) throws IOException {
        try {
            for (byte[] packet : packets) {
                send(packet);
            }
        } catch (IOException e) {
            return true;
        }
        return isEnded();
    }

    Packet read() throws IOException {
        int first = in.readUnsignedByte();
        int length = 0;
        int shift = 0;
        int digit;
        do {
            digit = in.readUnsignedByte();
            length |= (digit & 0x7f) << shift;
            shift += 7;
        } while ((digit & 0x80) != 0);
        byte[] body = new byte[length];
        in.readFully(body);
        return new Packet(first, body);
    }

    /** Whether the broker ends the connection, whatever it says before. */
    boolean isEnded() throws IOException {
        try {
            while (true) {
                read();
            }
        } catch (EOFException e) {
            return true;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /** Connects; fails when it is not let in. */
    void connect(String id, String secret) throws IOException {
        send(connectPacket(id, id, secret));
        Packet answer = read();
        if (answer.type() != 2 || answer.body()[1] != 0) {
            throw new IOException("refused: " + answer.body()[1]);
        }
    }

    /** The code of the CONNACK that answers. */
    int connectCode(byte[] packet) throws IOException {
        send(packet);
        Packet answer = read();
        return answer.type() == 2 ? answer.body()[1] & 0xff : -1;
    }

    int subscribe(int packetId, String filter, int qos) throws IOException {
        send(packet(0x82, u16(packetId), text(filter), new byte[] {(byte) qos}));
        Packet answer = read();
        return answer.type() == 9 ? answer.body()[2] & 0xff : -1;
    }

    void ping() throws IOException {
        send(new byte[] {(byte) 0xc0, 0});
        Packet answer = read();
        if (answer.type() != 13) {
            throw new IOException("no PINGRESP but " + answer.type());
        }
    }

    static byte[] connectPacket(String id, String user, String secret) {
        return connect("MQTT", 4, 0xc2, text(id), text(user), text(secret));
    }

    static byte[] connect(String name, int level, int flags, byte[]... payload) {
        return packet(
                0x10,
                text(name),
                new byte[] {(byte) level, (byte) flags},
                u16(60),
                joined(payload));
    }

    static byte[] publish(String topic, int qos, int packetId, byte[] payload, boolean retain) {
        return packet(
                0x30 | qos << 1 | (retain ? 1 : 0),
                text(topic),
                qos == 0 ? new byte[0] : u16(packetId),
                payload);
    }

    static byte[] packet(int first, byte[]... parts) {
        byte[] body = joined(parts);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(first);
        int length = body.length;
        do {
            int digit = length & 0x7f;
            length >>= 7;
            out.write(length > 0 ? digit | 0x80 : digit);
        } while (length > 0);
        out.writeBytes(body);
        return out.toByteArray();
    }

    static byte[] text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return joined(u16(bytes.length), bytes);
    }

    static byte[] u16(int value) {
        return new byte[] {(byte) (value >> 8), (byte) value};
    }

    static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (DataOutputStream data = new DataOutputStream(out)) {
            for (byte[] part : parts) {
                data.write(part);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return out.toByteArray();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // The broker ended it before, and takes no good-bye.
        }
    }
}
