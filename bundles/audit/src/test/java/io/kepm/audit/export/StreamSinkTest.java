package io.kepm.audit.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamSinkTest {

    @TempDir Path temp;

    private final FakeStore store = new FakeStore();
    private final TimeLimit limit = new TimeLimit();
    private final Sinks sinks = new Sinks("host", "agent", Optional.empty(), limit);

    @AfterEach
    void end() {
        limit.close();
    }

    @Test
    void each_message_goes_after_its_length_and_line_ends_inside_do_no_harm() throws Exception {
        try (SyslogServer server = SyslogServer.plain();
                Sink sink = sink("syslog+tcp://localhost:" + server.port() + "?format=json")) {
            sink.deliver(List.of(store.add("a\nb"), store.add("é\uD83D\uDE00")));
            sink.check();
            sink.deliver(List.of(store.add("c")));
            List<String> got = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                got.add(server.messages.take());
            }
            assertThat(got.get(0)).startsWith("<84>1 2026-11-25T10:00:00.123Z host kepm ");
            assertThat(got.get(1)).endsWith(store.audit(page(1)).get(0).exported());
            assertThat(got.get(2)).contains("\"reason\":\"c\"");
            assertThat(server.connections).hasSize(1);
        }
    }

    @Test
    void a_peer_that_went_away_is_noticed_before_anything_more_is_sent() throws Exception {
        try (SyslogServer server = SyslogServer.plain();
                Sink sink = sink("syslog+tcp://localhost:" + server.port())) {
            sink.deliver(List.of(store.add("a")));
            server.messages.take();
            server.connections.take().close();
            assertThat(isNoticed(sink)).isTrue();
            sink.deliver(List.of(store.add("b")));
            assertThat(server.messages.take()).contains("reason=\"b\"");
        }
    }

    /** The kernel may take a moment to tell. */
    private static boolean isNoticed(Sink sink) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (System.nanoTime() < end) {
            try {
                sink.check();
            } catch (IOException e) {
                return true;
            }
            Thread.sleep(5);
        }
        return false;
    }

    @Test
    void a_port_where_nobody_listens_is_a_failure() throws Exception {
        int port;
        try (SyslogServer server = SyslogServer.plain()) {
            port = server.port();
        }
        try (Sink sink = sink("syslog+tcp://localhost:" + port)) {
            assertThatThrownBy(() -> sink.deliver(List.of(store.add("a"))))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void ab_107_a_peer_that_takes_nothing_is_left_by_closing() throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Sink sink = sink("syslog+tcp://localhost:" + deaf.getLocalPort());
            String large = "x".repeat(8000);
            List<io.kepm.api.audit.AuditEntry> batch =
                    Stream.generate(() -> store.add(large)).limit(3000).toList();
            Future<String> delivery = thread.submit(() -> sink.deliver(batch));
            try (Socket peer = deaf.accept()) {
                assertThat(peer.getInputStream().read()).isPositive();
                sink.close();
                assertThatThrownBy(delivery::get).isInstanceOf(ExecutionException.class);
            }
        } finally {
            thread.shutdownNow();
        }
    }

    @Test
    void tls_delivers_to_a_host_that_a_trusted_authority_vouches_for() throws Exception {
        TestCertificates authority = new TestCertificates();
        Path ca = TestCertificates.pem(temp.resolve("ca.pem"), authority.root());
        try (SyslogServer server = tls(authority, "localhost");
                Sink sink = sink("syslog+tls://localhost:" + server.port() + "?ca=" + ca)) {
            sink.deliver(List.of(store.add("a")));
            assertThat(server.messages.take()).contains("reason=\"a\"");
            sink.check();
            sink.deliver(List.of(store.add("b")));
            assertThat(server.messages.take()).contains("reason=\"b\"");
        }
    }

    @Test
    void ab_115_a_certificate_for_another_host_is_refused() throws Exception {
        TestCertificates authority = new TestCertificates();
        Path ca = TestCertificates.pem(temp.resolve("ca.pem"), authority.root());
        try (SyslogServer server = tls(authority, "elsewhere.example.org");
                Sink sink = sink("syslog+tls://localhost:" + server.port() + "?ca=" + ca)) {
            assertThatThrownBy(() -> sink.deliver(List.of(store.add("a"))))
                    .isInstanceOf(SSLHandshakeException.class)
                    .hasMessageContaining("localhost");
            assertThat(server.messages).isEmpty();
        }
    }

    @Test
    void ab_115_a_certificate_of_an_unknown_authority_is_refused() throws Exception {
        TestCertificates authority = new TestCertificates();
        Path ca = TestCertificates.pem(temp.resolve("ca.pem"), new TestCertificates().root());
        try (SyslogServer server = tls(authority, "localhost");
                Sink trusting = sink("syslog+tls://localhost:" + server.port());
                Sink sink = sink("syslog+tls://localhost:" + server.port() + "?ca=" + ca)) {
            for (Sink each : List.of(sink, trusting)) {
                assertThatThrownBy(() -> each.deliver(List.of(store.add("a"))))
                        .isInstanceOf(IOException.class);
            }
            assertThat(server.messages).isEmpty();
        }
    }

    @Test
    void files_that_others_could_change_or_read_are_not_trusted() throws Exception {
        TestCertificates authority = new TestCertificates();
        Path ca = TestCertificates.pem(temp.resolve("ca.pem"), authority.root());
        Path key = TestCertificates.pem(temp.resolve("key.pem"), authority.host("me").key());
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));
        refused("?cert=" + ca + "&key=" + key, "mode 0640: run `chmod 0600");
        Files.setPosixFilePermissions(ca, PosixFilePermissions.fromString("rw-rw-r--"));
        refused("?ca=" + ca, "mode 0664: run `chmod 0644");
        refused("?ca=" + temp.resolve("none"), "does not exist");
        Path link = Files.createSymbolicLink(temp.resolve("link"), ca);
        refused("?ca=" + link, "is not a regular file");
        Path text = Files.writeString(temp.resolve("text"), "hello");
        refused("?ca=" + text, "holds no certificate");
    }

    @Test
    void a_client_certificate_is_read() throws Exception {
        TestCertificates.Signed own = new TestCertificates().host("me");
        Path cert = TestCertificates.pem(temp.resolve("cert.pem"), own.certificate());
        Path key = TestCertificates.pem(temp.resolve("key.pem"), own.key());
        sink("syslog+tls://localhost?cert=" + cert + "&key=" + key).close();
        refused("?cert=" + cert + "&key=" + cert, "holds no private key");
    }

    private void refused(String query, String why) {
        assertThatThrownBy(() -> sink("syslog+tls://localhost" + query))
                .isInstanceOf(BadAddress.class)
                .hasMessageStartingWith("export `syslog+tls://localhost`: ")
                .hasMessageContaining(why);
    }

    private static SyslogServer tls(TestCertificates authority, String host) throws Exception {
        return new SyslogServer(
                authority
                        .server(authority.host(host))
                        .getServerSocketFactory()
                        .createServerSocket(0, 5, InetAddress.getLoopbackAddress()));
    }

    private Sink sink(String address) throws BadAddress {
        return sinks.of(AddressParser.parse(address));
    }

    private static io.kepm.api.audit.AuditQuery page(long after) {
        return io.kepm.api.audit.AuditQuery.after(after, 1);
    }
}
