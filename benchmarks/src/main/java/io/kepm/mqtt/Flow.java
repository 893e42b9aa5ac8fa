package io.kepm.mqtt;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;

/**
 * One publisher and one subscriber by bytes: at most {@code window} messages of QoS 1 are on their
 * way from the one to the other. So little is done here that the broker is what is measured.
 */
final class Flow implements AutoCloseable {

    static final String PUBLISHER = "plugin:says";
    static final String SUBSCRIBER = "plugin:hears";
    static final String TOPIC = "measure/topic";

    private final Socket publisher;
    private final Socket subscriber;
    private final Semaphore window;
    private final AtomicLong arrived = new AtomicLong();
    private volatile boolean on = true;

    Flow(SSLContext tls, int port, int window) throws IOException {
        this.window = new Semaphore(window);
        subscriber = connect(tls, port, SUBSCRIBER);
        send(subscriber, 0x82, u16(1), text(TOPIC), new byte[] {1});
        packet(new DataInputStream(subscriber.getInputStream()));
        publisher = connect(tls, port, PUBLISHER);
    }

    /** Messages that arrived within those seconds, a second. */
    double run(int payload, int seconds) throws IOException, InterruptedException {
        Thread hears = thread(this::hear);
        Thread acknowledged = thread(this::drain);
        Thread says = thread(() -> say(new byte[payload]));
        long begin = System.nanoTime();
        long before = arrived.get();
        Thread.sleep(seconds * 1_000L);
        double rate = (arrived.get() - before) * 1e9 / (System.nanoTime() - begin);
        on = false;
        window.release(10);
        says.join(5_000);
        close();
        hears.join(5_000);
        acknowledged.join(5_000);
        return rate;
    }

    private interface Task {
        void run() throws IOException, InterruptedException;
    }

    private Thread thread(Task task) {
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                task.run();
                            } catch (IOException e) {
                                if (on) {
                                    throw new IllegalStateException("the broker hung up", e);
                                }
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        });
        thread.start();
        return thread;
    }

    private void say(byte[] payload) throws IOException, InterruptedException {
        int id = 0;
        while (on) {
            window.acquire();
            id = id % 65_535 + 1;
            send(publisher, 0x32, text(TOPIC), u16(id), payload);
        }
    }

    private void drain() throws IOException {
        DataInputStream in = new DataInputStream(publisher.getInputStream());
        while (on) {
            packet(in);
        }
    }

    private void hear() throws IOException {
        DataInputStream in = new DataInputStream(subscriber.getInputStream());
        int skipped = 2 + TOPIC.length();
        while (on) {
            byte[] body = packet(in);
            send(subscriber, 0x40, new byte[] {body[skipped], body[skipped + 1]});
            arrived.incrementAndGet();
            window.release();
        }
    }

    static Socket connect(SSLContext tls, int port, String id) throws IOException {
        return connect(tls, port, id, 60);
    }

    /**
     * A connection that is admitted.
     *
     * @param alive within how many seconds it promises to say something
     */
    static Socket connect(SSLContext tls, int port, String id, int alive) throws IOException {
        Socket socket = tls.getSocketFactory().createSocket("localhost", port);
        try {
            socket.setTcpNoDelay(true);
            introduce(socket, id, alive);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    static void introduce(Socket socket, String id, int alive) throws IOException {
        send(
                socket,
                0x10,
                text("MQTT"),
                new byte[] {4, (byte) 0xc2, 0, (byte) alive},
                text(id),
                text(id),
                text("secret"));
        byte[] answer = packet(new DataInputStream(socket.getInputStream()));
        if (answer[1] != 0) {
            throw new IOException("refused with code " + answer[1]);
        }
    }

    static void send(Socket socket, int first, byte[]... parts) throws IOException {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(length + 5);
        DataOutputStream out = new DataOutputStream(bytes);
        out.write(first);
        do {
            int digit = length & 0x7f;
            length >>= 7;
            out.write(length > 0 ? digit | 0x80 : digit);
        } while (length > 0);
        for (byte[] part : parts) {
            out.write(part);
        }
        socket.getOutputStream().write(bytes.toByteArray());
    }

    /**
     * One packet.
     *
     * @param first type and flags
     */
    record Packet(int first, byte[] body) {}

    static byte[] packet(DataInputStream in) throws IOException {
        return read(in).body();
    }

    static Packet read(DataInputStream in) throws IOException {
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

    static byte[] text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        byte[] out = new byte[bytes.length + 2];
        out[1] = (byte) bytes.length;
        System.arraycopy(bytes, 0, out, 2, bytes.length);
        return out;
    }

    static byte[] u16(int value) {
        return new byte[] {(byte) (value >> 8), (byte) value};
    }

    @Override
    public void close() throws IOException {
        publisher.close();
        subscriber.close();
    }
}
