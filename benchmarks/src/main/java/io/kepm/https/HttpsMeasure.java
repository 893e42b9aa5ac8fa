package io.kepm.https;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * Requests a second and their slowest, over connections that stay open, at two servers in turns.
 */
final class HttpsMeasure {

    private static final int[] CONNECTIONS = {1, 16, 64};

    /** Short ones, many: a machine that is shared changes its speed within seconds. */
    private static final int ROUNDS = 15;

    private static final String LINE_END = "\r\n";

    private HttpsMeasure() {}

    /** What a server is asked, and where. */
    private record Peer(String name, int port, Path certificate, byte[] request, Path stat) {
        /** Milliseconds of processors that the server has used so far. */
        long cpu() throws IOException {
            String line = Files.readString(stat);
            String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
            return 10 * (Long.parseLong(fields[11]) + Long.parseLong(fields[12]));
        }
    }

    /** Nanoseconds of each answer, and how long all took. */
    private record Sample(long[] nanos, double seconds, double cpuMicros) {
        double perSecond() {
            return nanos.length / seconds;
        }

        double p99Micros() {
            return nanos[(int) (nanos.length * 0.99)] / 1e3;
        }
    }

    /**
     * Usage: {@code HttpsMeasure PORT CERTIFICATE PID BARE_PORT BARE_CERTIFICATE BARE_PID SECONDS
     * [TOKEN WHAT]}, or {@code HttpsMeasure SOCKET COUNT} for round trips over the Unix socket.
     */
    public static void main(String[] args) throws Exception {
        if (args.length == 2) {
            roundTrips(Path.of(args[0]), Integer.parseInt(args[1]));
            return;
        }
        int port = Integer.parseInt(args[0]);
        int bare = Integer.parseInt(args[3]);
        double seconds = Double.parseDouble(args[6]);
        String token = args.length > 7 ? args[7] : "";
        Peer ours = new Peer("agent", port, Path.of(args[1]), request(port, token), stat(args[2]));
        Peer peer =
                new Peer("bare Jetty", bare, Path.of(args[4]), request(bare, token), stat(args[5]));
        System.out.println(
                token.isEmpty()
                        ? "GET /health (without a token nobody evaluates over TCP)"
                        : "POST /api/evaluate, " + args[8]);
        for (int connections : CONNECTIONS) {
            load(ours, connections, 2);
            load(peer, connections, 2);
            List<Sample> of = new ArrayList<>();
            List<Sample> beside = new ArrayList<>();
            for (int i = 0; i < ROUNDS; i++) {
                of.add(load(ours, connections, 3 * seconds / ROUNDS));
                beside.add(load(peer, connections, 3 * seconds / ROUNDS));
            }
            print(connections, of, beside);
        }
    }

    private static Path stat(String pid) {
        return Path.of("/proc", pid, "stat");
    }

    private static byte[] request(int port, String token) {
        String body =
                "{\"eventType\":\"CommandLine\",\"user\":{\"name\":\"alice\"},"
                        + "\"target\":{\"path\":\"/usr/bin/id\",\"argv\":[\"id\"]}}";
        String head =
                token.isEmpty()
                        ? "GET /health HTTP/1.1" + LINE_END
                        : "POST /api/evaluate HTTP/1.1"
                                + LINE_END
                                + "Authorization: Bearer "
                                + token
                                + LINE_END
                                + "Content-Type: application/json"
                                + LINE_END
                                + "Content-Length: "
                                + body.length()
                                + LINE_END;
        String host = "Host: localhost:" + port + LINE_END + LINE_END;
        return (head + host + (token.isEmpty() ? "" : body)).getBytes(StandardCharsets.US_ASCII);
    }

    /** Each ratio is the median of those of rounds side by side. */
    private static void print(int connections, List<Sample> ours, List<Sample> bare) {
        System.out.printf(
                "%3d connections: agent %,8.0f/s p99 %,8.0f us; bare Jetty %,8.0f/s p99 %,8.0f us;"
                        + " requests %.2f (bound 0.8), p99 %.2f (bound 1.5); processor time of a"
                        + " request %.0f us, %.0f us: %.2f%n",
                connections,
                median(ours, Sample::perSecond),
                median(ours, Sample::p99Micros),
                median(bare, Sample::perSecond),
                median(bare, Sample::p99Micros),
                ratio(ours, bare, Sample::perSecond),
                ratio(ours, bare, Sample::p99Micros),
                median(ours, Sample::cpuMicros),
                median(bare, Sample::cpuMicros),
                ratio(ours, bare, Sample::cpuMicros));
    }

    private static double median(List<Sample> samples, ToDoubleFunction<Sample> figure) {
        return middle(samples.stream().mapToDouble(figure));
    }

    private static double ratio(
            List<Sample> ours, List<Sample> bare, ToDoubleFunction<Sample> figure) {
        return middle(
                IntStream.range(0, ours.size())
                        .mapToDouble(
                                i ->
                                        figure.applyAsDouble(ours.get(i))
                                                / figure.applyAsDouble(bare.get(i))));
    }

    private static double middle(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        return sorted[sorted.length / 2];
    }

    /** Connections that stay open: what is counted begins when all of them are. */
    private static Sample load(Peer peer, int connections, double seconds) throws Exception {
        SSLContext context = trusting(peer.certificate());
        CyclicBarrier open = new CyclicBarrier(connections + 1);
        CompletableFuture<Long> end = new CompletableFuture<>();
        ExecutorService threads = Executors.newFixedThreadPool(connections);
        try {
            List<Future<long[]>> parts = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                parts.add(threads.submit(() -> ask(context, peer, open, end)));
            }
            open.await(1, TimeUnit.MINUTES);
            long cpu = peer.cpu();
            long start = System.nanoTime();
            end.complete(start + (long) (seconds * 1e9));
            long[] all = new long[0];
            for (Future<long[]> part : parts) {
                long[] more = part.get();
                int before = all.length;
                all = Arrays.copyOf(all, before + more.length);
                System.arraycopy(more, 0, all, before, more.length);
            }
            double took = (System.nanoTime() - start) / 1e9;
            Arrays.sort(all);
            return new Sample(all, took, 1e3 * (peer.cpu() - cpu) / all.length);
        } finally {
            threads.shutdownNow();
        }
    }

    private static long[] ask(
            SSLContext context, Peer peer, CyclicBarrier open, CompletableFuture<Long> ending)
            throws Exception {
        long[] nanos = new long[1024];
        int count = 0;
        try (SSLSocket socket =
                (SSLSocket)
                        context.getSocketFactory()
                                .createSocket(InetAddress.getByName("127.0.0.1"), peer.port())) {
            socket.setTcpNoDelay(true);
            socket.startHandshake();
            OutputStream out = socket.getOutputStream();
            InputStream in = new BufferedInputStream(socket.getInputStream(), 8192);
            open.await();
            long end = ending.get();
            for (long from = System.nanoTime(); from < end; from = System.nanoTime()) {
                out.write(peer.request());
                out.flush();
                int status = answer(in);
                if (status != 200) {
                    throw new IOException(peer.name() + " answers " + status);
                }
                if (count == nanos.length) {
                    nanos = Arrays.copyOf(nanos, count * 2);
                }
                nanos[count++] = System.nanoTime() - from;
            }
        }
        return Arrays.copyOf(nanos, count);
    }

    /** Reads one answer with a length; its status. */
    private static int answer(InputStream in) throws IOException {
        int status = Integer.parseInt(line(in).substring(9, 12));
        int length = 0;
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
                length = Integer.parseInt(line.substring(15).strip());
            }
        }
        in.readNBytes(length);
        return status;
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder(64);
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("the connection ended");
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    private static SSLContext trusting(Path certificate) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null);
        try (InputStream in = Files.newInputStream(certificate)) {
            store.setCertificateEntry(
                    "it", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private static void roundTrips(Path socket, int count) throws IOException {
        long[] nanos = new long[count];
        byte[] request =
                ("GET /health HTTP/1.1" + LINE_END + "Host: kepm" + LINE_END + LINE_END)
                        .getBytes(StandardCharsets.US_ASCII);
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            InputStream in =
                    new BufferedInputStream(java.nio.channels.Channels.newInputStream(channel));
            for (int i = -count; i < count; i++) {
                long from = System.nanoTime();
                ByteBuffer bytes = ByteBuffer.wrap(request);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                answer(in);
                if (i >= 0) {
                    nanos[i] = System.nanoTime() - from;
                }
            }
        }
        Arrays.sort(nanos);
        System.out.printf(
                "Unix socket, GET /health, %,d round trips: p50 %.0f us (bound 1,000), p99 %.0f us%n",
                count, nanos[count / 2] / 1e3, nanos[count * 99 / 100] / 1e3);
    }
}
