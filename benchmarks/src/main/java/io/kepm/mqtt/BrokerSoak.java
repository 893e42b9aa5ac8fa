package io.kepm.mqtt;

import com.sun.management.UnixOperatingSystemMXBean;
import io.kepm.api.linux.Launcher;
import io.kepm.api.trust.Launches;
import io.kepm.api.trust.TopicRights;
import java.io.DataInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;

/**
 * Mixed clients of one broker for a long time, at a pace that leaves the machine to others:
 * publishers and subscribers of QoS 1, subscribers that never read and are cut, clients that vanish
 * in the middle of a packet, strangers who are refused. Each minute says what lives after a
 * collection, descriptors and threads, of broker and clients together. Arguments: minutes.
 *
 * <p>Ends with 1 when the last fifth needs more than 1.1 times the memory of the second, or one
 * descriptor or thread more than ten.
 */
public final class BrokerSoak {

    private static final String TOPIC = "soak/topic";
    private static final int PAYLOAD = 1_024;
    private static final int PAIRS = 8;

    private final MeasureCertificate certificate;
    private final int port;
    private final AtomicLong arrived = new AtomicLong();
    private final AtomicLong cut = new AtomicLong();
    private final AtomicLong vanished = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private volatile boolean on = true;

    private BrokerSoak(MeasureCertificate certificate, int port) {
        this.certificate = certificate;
        this.port = port;
    }

    public static void main(String[] args) throws Exception {
        int minutes = Integer.parseInt(args[0]);
        MeasureCertificate certificate = new MeasureCertificate();
        try (Broker broker =
                BrokerMeasure.broker(
                        certificate, DeclaredRights::new, Limits.STANDARD, new ByName())) {
            System.exit(
                    new BrokerSoak(certificate, broker.address().getPort()).run(minutes) ? 0 : 1);
        }
    }

    private record Look(double megabytes, long descriptors, int threads) {
        static Look now() {
            for (int i = 0; i < 3; i++) {
                System.gc();
            }
            long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            long open =
                    ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                            .getOpenFileDescriptorCount();
            return new Look(used / 1e6, open, ManagementFactory.getThreadMXBean().getThreadCount());
        }
    }

    private boolean run(int minutes) throws Exception {
        SSLContext tls = certificate.client();
        for (int i = 0; i < PAIRS; i++) {
            String name = "plugin:soak-" + i;
            thread(() -> hear(connect(tls, name + "hears")));
            thread(() -> say(connect(tls, name + "says"), 5));
        }
        thread(() -> slow(tls));
        thread(() -> vanish(tls));
        thread(() -> knock(tls));
        List<Look> looks = new ArrayList<>();
        for (int minute = 1; minute <= minutes; minute++) {
            Thread.sleep(60_000);
            Look look = Look.now();
            looks.add(look);
            System.out.printf(
                    Locale.ROOT,
                    "%3d min  heap %6.2f MB  descriptors %d  threads %d  arrived %d  slow ones cut"
                            + " %d  vanished %d  refused %d%n",
                    minute,
                    look.megabytes(),
                    look.descriptors(),
                    look.threads(),
                    arrived.get(),
                    cut.get(),
                    vanished.get(),
                    refused.get());
        }
        on = false;
        return isFlat(looks);
    }

    private boolean isFlat(List<Look> looks) {
        int fifth = Math.max(1, looks.size() / 5);
        List<Look> early = looks.subList(fifth, Math.min(looks.size(), 2 * fifth));
        List<Look> late = looks.subList(looks.size() - fifth, looks.size());
        double before = early.stream().mapToDouble(Look::megabytes).average().orElse(0);
        double after = late.stream().mapToDouble(Look::megabytes).average().orElse(0);
        long descriptors =
                late.stream().mapToLong(Look::descriptors).max().orElse(0)
                        - early.stream().mapToLong(Look::descriptors).max().orElse(0);
        long threads =
                late.stream().mapToLong(Look::threads).max().orElse(0)
                        - early.stream().mapToLong(Look::threads).max().orElse(0);
        boolean worked = cut.get() > 0 && vanished.get() > 0 && refused.get() > 0;
        boolean flat = worked && after <= 1.1 * before && descriptors <= 10 && threads <= 10;
        System.out.printf(
                Locale.ROOT,
                "heap %.2f MB to %.2f MB, descriptors %+d, threads %+d: %s%n",
                before,
                after,
                descriptors,
                threads,
                flat ? "flat" : "NOT FLAT");
        return flat;
    }

    private interface Task {
        void run() throws IOException, InterruptedException;
    }

    /** Begins again whenever it is cut. */
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

    private Socket connect(SSLContext tls, String id) throws IOException {
        return Flow.connect(tls, port, id);
    }

    private static void subscribe(Socket socket) throws IOException {
        Flow.send(socket, 0x82, Flow.u16(1), Flow.text(TOPIC), new byte[] {1});
    }

    private void say(Socket socket, int perSecond) throws IOException, InterruptedException {
        try (socket) {
            byte[] payload = new byte[PAYLOAD];
            DataInputStream in = new DataInputStream(socket.getInputStream());
            for (int id = 1; on; id = id % 65_535 + 1) {
                Flow.send(socket, 0x32, Flow.text(TOPIC), Flow.u16(id), payload);
                Flow.packet(in);
                Thread.sleep(1_000 / perSecond);
            }
        }
    }

    private void hear(Socket socket) throws IOException {
        try (socket) {
            subscribe(socket);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            Flow.packet(in);
            int skipped = 2 + TOPIC.length();
            while (on) {
                byte[] body = Flow.packet(in);
                Flow.send(socket, 0x40, new byte[] {body[skipped], body[skipped + 1]});
                arrived.incrementAndGet();
            }
        }
    }

    /** Subscribes and reads no more until the broker cuts it. */
    private void slow(SSLContext tls) throws IOException, InterruptedException {
        try (Socket socket = connect(tls, "plugin:soak-slow")) {
            subscribe(socket);
            Thread.sleep(25_000);
            byte[] buffer = new byte[65_536];
            try {
                while (socket.getInputStream().read(buffer) >= 0) {
                    continue;
                }
            } finally {
                cut.incrementAndGet();
            }
        }
    }

    /** Connects, subscribes, and is gone in the middle of a packet. */
    private void vanish(SSLContext tls) throws IOException, InterruptedException {
        Socket socket = connect(tls, "plugin:soak-vanishes");
        subscribe(socket);
        socket.getOutputStream().write(new byte[] {0x32, (byte) 0xff, 0x07, 0, 10});
        socket.close();
        vanished.incrementAndGet();
        Thread.sleep(500);
    }

    private void knock(SSLContext tls) throws InterruptedException {
        try (Socket socket = connect(tls, "stranger")) {
            throw new IllegalStateException("a stranger was let in by " + socket);
        } catch (IOException e) {
            refused.incrementAndGet();
        }
        Thread.sleep(1_000);
    }

    /** Knows plugins by their name, and nobody else. */
    private static final class ByName implements Authenticator {
        private static final Launcher.Identity PROCESS = new Launcher.Identity(1, 1, 0, 1, 1, "00");

        @Override
        public Launches.Verdict identify(
                String clientId, byte[] secret, InetSocketAddress peer, InetSocketAddress door) {
            if (!clientId.startsWith("plugin:soak-")) {
                return new Launches.Verdict.Unknown("none of them");
            }
            TopicRights rights = new TopicRights(List.of(TOPIC), List.of(TOPIC));
            return new Launches.Verdict.Known(
                    new Launches.Component(clientId, Launches.Reach.PLUGIN, rights, true), PROCESS);
        }

        @Override
        public boolean isRunning(String clientId, Launcher.Identity process) {
            return true;
        }
    }
}
