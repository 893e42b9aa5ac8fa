package io.kepm.mqtt;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;

/**
 * Clients of every kind for one broker, good and bad ones, each on a thread of its own that begins
 * again whenever it is cut.
 */
final class SoakClients {

    static final String NAME = "plugin:soak-";
    static final String TOPIC = "soak/topic";
    private static final int PAYLOAD = 1_024;
    private static final int PAIRS = 9;
    private static final int PER_SECOND = 5;

    /** What a client can do. */
    enum Kind {
        /** Publishes, in each of the three ways. */
        SAYS,
        /** Hears, in each of the three ways, and says so. */
        HEARS,
        /** Hears and reads no more, until it is cut. */
        SLOW,
        /** Reads all and acknowledges nothing, until it is cut. */
        MUTE,
        /** Says nothing for longer than it promised. */
        SILENT,
        /** Is gone in the middle of a packet, by a good-bye of TCP or without one. */
        VANISHES,
        /** Begins a handshake of TLS and does not go on. */
        HALF,
        /** Is nobody. */
        STRANGER
    }

    private interface Task {
        void run() throws IOException, InterruptedException;
    }

    private final SSLContext tls;
    private final int port;
    private final Map<Kind, AtomicLong> counts = new EnumMap<>(Kind.class);
    private volatile boolean on = true;
    private volatile boolean broken;

    SoakClients(SSLContext tls, int port) {
        this.tls = tls;
        this.port = port;
        for (Kind kind : Kind.values()) {
            counts.put(kind, new AtomicLong());
        }
    }

    void start() {
        for (int i = 0; i < PAIRS; i++) {
            int qos = i % 3;
            String name = NAME + i;
            thread(() -> hear(connect(name + "hears"), 2 - qos));
            thread(() -> say(connect(name + "says"), qos));
        }
        List<Task> others =
                List.of(
                        this::slow,
                        this::mute,
                        this::silent,
                        this::vanish,
                        this::half,
                        this::knock);
        others.forEach(this::thread);
    }

    void stop() {
        on = false;
    }

    /** How often it has happened: messages, and connections that ended as they should. */
    long count(Kind kind) {
        return counts.getOrDefault(kind, new AtomicLong()).get();
    }

    /** Whether something happened that never may, such as that a stranger was let in. */
    boolean isBroken() {
        return broken;
    }

    /** Whether each of them has done its part, and nothing else. */
    boolean haveAllWorked() {
        return !broken && counts.values().stream().allMatch(count -> count.get() > 0);
    }

    private void counted(Kind kind) {
        counts.getOrDefault(kind, new AtomicLong()).incrementAndGet();
    }

    private void thread(Task task) {
        Thread thread =
                new Thread(
                        () -> {
                            while (on) {
                                try {
                                    task.run();
                                } catch (IOException e) {
                                    pause(1_000);
                                } catch (InterruptedException e) {
                                    return;
                                } catch (RuntimeException e) {
                                    broken = true;
                                    System.err.println("BROKEN: " + e);
                                    return;
                                }
                            }
                        });
        thread.setDaemon(true);
        thread.start();
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Socket connect(String id) throws IOException {
        return Flow.connect(tls, port, id, 60);
    }

    private static void subscribe(Socket socket, int qos) throws IOException {
        Flow.send(socket, 0x82, Flow.u16(1), Flow.text(TOPIC), new byte[] {(byte) qos});
    }

    private void say(Socket socket, int qos) throws IOException, InterruptedException {
        try (socket) {
            byte[] payload = new byte[PAYLOAD];
            DataInputStream in = new DataInputStream(socket.getInputStream());
            for (int id = 1; on; id = id % 65_535 + 1) {
                byte[] number = qos == 0 ? new byte[0] : Flow.u16(id);
                Flow.send(socket, 0x30 | qos << 1, Flow.text(TOPIC), number, payload);
                if (qos > 0) {
                    Flow.packet(in);
                }
                if (qos == 2) {
                    Flow.send(socket, 0x62, number);
                    Flow.packet(in);
                }
                counted(Kind.SAYS);
                Thread.sleep(1_000 / PER_SECOND);
            }
        }
    }

    private void hear(Socket socket, int qos) throws IOException {
        try (socket) {
            subscribe(socket, qos);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            Flow.packet(in);
            int skipped = 2 + TOPIC.length();
            while (on) {
                Flow.Packet packet = Flow.read(in);
                int sent = packet.first() >> 1 & 3;
                if (packet.first() >> 4 == 6) {
                    Flow.send(socket, 0x70, packet.body());
                } else if (sent > 0) {
                    byte[] id = {packet.body()[skipped], packet.body()[skipped + 1]};
                    Flow.send(socket, sent == 1 ? 0x40 : 0x50, id);
                }
                if (packet.first() >> 4 == 3) {
                    counted(Kind.HEARS);
                }
            }
        }
    }

    private void slow() throws IOException, InterruptedException {
        try (Socket socket = connect(NAME + "slow")) {
            subscribe(socket, 1);
            Thread.sleep(25_000);
            untilCut(socket, Kind.SLOW);
        }
    }

    private void mute() throws IOException {
        try (Socket socket = connect(NAME + "mute")) {
            subscribe(socket, 2);
            untilCut(socket, Kind.MUTE);
        }
    }

    private void silent() throws IOException {
        try (Socket socket = Flow.connect(tls, port, NAME + "silent", 2)) {
            untilCut(socket, Kind.SILENT);
        }
    }

    private void untilCut(Socket socket, Kind kind) throws IOException {
        byte[] buffer = new byte[65_536];
        try {
            while (socket.getInputStream().read(buffer) >= 0) {
                continue;
            }
        } finally {
            counted(kind);
        }
    }

    private void vanish() throws IOException, InterruptedException {
        Socket plain = new Socket("localhost", port);
        Socket socket = tls.getSocketFactory().createSocket(plain, "localhost", port, false);
        Flow.introduce(socket, NAME + "vanishes", 60);
        subscribe(socket, 1);
        socket.getOutputStream().write(new byte[] {0x32, (byte) 0xff, 0x07, 0, 10});
        if (count(Kind.VANISHES) % 2 == 0) {
            // Without a word: the other side hears of a reset.
            plain.setSoLinger(true, 0);
        }
        plain.close();
        counted(Kind.VANISHES);
        Thread.sleep(500);
    }

    private void half() throws IOException {
        try (Socket socket = new Socket("localhost", port)) {
            socket.getOutputStream().write(new byte[] {0x16, 3, 1, 1, 0});
            untilCut(socket, Kind.HALF);
        }
    }

    private void knock() throws InterruptedException {
        try (Socket socket = connect("stranger")) {
            throw new IllegalStateException("a stranger was let in by " + socket);
        } catch (IOException e) {
            counted(Kind.STRANGER);
        }
        Thread.sleep(1_000);
    }
}
