package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.linux.SocketOwners;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bytes of all kinds against the open doors: requests cut, doubled and broken at random, with their
 * answers read or not. Nothing breaks, nothing stays, and others are served all the time. It goes
 * on for {@code kepm.fuzz.seconds}.
 */
class ByteFuzzTest {

    private static final long OTHER = 1002;

    private static final List<String> SEEDS =
            List.of(
                    "GET /health HTTP/1.1\r\nHost: HOST\r\n\r\n",
                    "HEAD / HTTP/1.1\r\nHost: HOST\r\n\r\n",
                    "GET /openapi.json HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n",
                    "GET /api/audit?limit=3&filter=a%20=%20b HTTP/1.1\r\nHost: HOST\r\n\r\n",
                    "GET https://HOST/health HTTP/1.1\r\nHost: HOST\r\nOrigin: https://HOST\r\n\r\n",
                    "POST /api/evaluate HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/json\r\n"
                            + "Content-Length: 31\r\n\r\n{\"eventType\":\"CommandLine\",\"a\":1}",
                    "POST /api/evaluate HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/json\r\n"
                            + "Transfer-Encoding: chunked\r\n\r\n5;x=\"y\"\r\n{\"a\":\r\n2\r\n1}\r\n0\r\n"
                            + "T: v\r\n\r\n",
                    "GET /api/audit/stream?after=0 HTTP/1.1\r\nHost: HOST\r\nLast-Event-ID: 1\r\n\r\n",
                    "OPTIONS * HTTP/1.1\r\nHost: HOST\r\nExpect: 100-continue\r\nUpgrade: h2c\r\n\r\n",
                    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

    private static final List<String> PIECES =
            List.of(
                    "\r\n",
                    "\n",
                    "\r",
                    "\0",
                    " ",
                    "\t",
                    ":",
                    ";",
                    "%00",
                    "%2f",
                    "..",
                    "//",
                    "\"",
                    "Content-Length: 5\r\n",
                    "Transfer-Encoding: chunked\r\n",
                    "Host: a\r\n",
                    "Content-Encoding: gzip\r\n",
                    "\u00ff",
                    "0\r\n\r\n",
                    "ffffffffffffffff\r\n",
                    "HTTP/1.0",
                    "Connection: close\r\n",
                    "X: ".repeat(400));

    @Test
    void ab_47_no_bytes_break_a_door_or_leave_something_behind(@TempDir Path run) throws Exception {
        Random random = new Random(Long.getLong("kepm.fuzz.seed", System.nanoTime()));
        try (TestAgent agent = new TestAgent(run)) {
            SSLSocketFactory tls = RawClient.trusting(run.resolve("agent.crt")).getSocketFactory();
            long seconds = Long.getLong("kepm.fuzz.seconds", 20);
            attack(agent, tls, random, TimeUnit.SECONDS.toNanos(2));
            long threads = threads();
            long descriptors = descriptors();
            int asked = attack(agent, tls, random, TimeUnit.SECONDS.toNanos(seconds));
            assertThat(asked).isPositive();
            TestAgent.await(() -> descriptors() <= descriptors + 8);
            assertThat(threads()).isLessThanOrEqualTo(threads + 16);
            assertThat(agent.doors.check().level())
                    .isEqualTo(io.kepm.api.health.HealthCheck.Level.HEALTHY);
            try (RawClient client = agent.as(0)) {
                assertThat(client.get("/api/audit?limit=1").status()).isEqualTo(200);
            }
        }
    }

    private static int attack(TestAgent agent, SSLSocketFactory tls, Random random, long nanos)
            throws Exception {
        long end = System.nanoTime() + nanos;
        int asked = 0;
        while (System.nanoTime() < end) {
            byte[] bytes = bytes(random, asked % 3 == 0 ? agent.http : agent.https);
            try {
                switch (asked % 4) {
                    case 0 -> send(plain(agent.http), bytes, random);
                    case 1 -> send(tls.createSocket(loopback(), agent.https), bytes, random);
                    case 2 -> send(plain(agent.https), bytes, random);
                    default -> {
                        try (RawClient unix = agent.as(random.nextInt(3) == 0 ? 0 : 1001)) {
                            unix.write(new String(bytes, StandardCharsets.ISO_8859_1));
                        }
                    }
                }
            } catch (IOException e) {
                // It was cut off, as it should be.
            }
            if (asked % 50 == 0) {
                agent.owners.owner = Optional.of(new SocketOwners.Owner(OTHER, 7));
                try (RawClient other = agent.tls()) {
                    assertThat(other.get("/health", "localhost:" + agent.https).status())
                            .isEqualTo(200);
                }
                agent.owners.owner = Optional.empty();
            }
            asked++;
        }
        return asked;
    }

    private static byte[] bytes(Random random, int port) {
        StringBuilder text =
                new StringBuilder(
                        SEEDS.get(random.nextInt(SEEDS.size()))
                                .replace("HOST", "localhost:" + port));
        for (int i = random.nextInt(6); i > 0; i--) {
            int place = random.nextInt(text.length());
            switch (random.nextInt(5)) {
                case 0 -> text.insert(place, PIECES.get(random.nextInt(PIECES.size())));
                case 1 -> text.setCharAt(place, (char) random.nextInt(256));
                case 2 -> text.setLength(Math.max(1, place));
                case 3 -> text.deleteCharAt(place).append('x');
                default -> text.append(SEEDS.get(random.nextInt(SEEDS.size())));
            }
        }
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void send(Socket opened, byte[] bytes, Random random) throws IOException {
        try (Socket socket = opened) {
            socket.setSoTimeout(20);
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
            if (random.nextBoolean()) {
                InputStream in = socket.getInputStream();
                in.readNBytes(64);
            }
            if (random.nextInt(4) == 0) {
                socket.setSoLinger(true, 0);
            }
        }
    }

    private static Socket plain(int port) throws IOException {
        return new Socket(loopback(), port);
    }

    private static InetAddress loopback() throws IOException {
        return InetAddress.getByName("127.0.0.1");
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("https"))
                .count();
    }

    private static long descriptors() {
        try (var files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
