package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.audit.AuditType;
import io.kepm.api.health.HealthCheck.Level;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoorsTest {

    @TempDir private Path run;

    @Test
    void ab_49_a_squatted_port_leaves_the_others_up_degraded_and_is_taken_when_free()
            throws Exception {
        try (TestAgent agent = squatted()) {
            TestAgent.await(() -> agent.doors.check().level() == Level.HEALTHY);
            try (RawClient client = agent.tls()) {
                assertThat(client.get("/health", "localhost:" + agent.https).status())
                        .isEqualTo(200);
            }
        }
    }

    private TestAgent squatted() throws Exception {
        try (ServerSocket squatter = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            TestAgent agent =
                    new TestAgent(
                            run, TestAgent.LIMITS, TestAgent.freePort(), squatter.getLocalPort());
            TestAgent.await(() -> agent.audit.drafts.size() == 1);
            TestAgent.await(() -> !agent.doors.check().detail().contains("not open yet"));
            assertThat(agent.doors.check().level()).isEqualTo(Level.DEGRADED);
            assertThat(agent.doors.check().detail())
                    .contains("127.0.0.1:" + agent.https + " can't be opened");
            try (RawClient client = agent.as(1001)) {
                assertThat(client.get("/health").body()).contains("\"degraded\"");
            }
            Thread.sleep(600);
            assertThat(agent.audit.drafts).as("one record, however often it fails").hasSize(1);
            assertThat(agent.audit.last().type())
                    .isEqualTo(AuditType.PROCESS_AUTHENTICATION_FAILED);
            return agent;
        }
    }

    @Test
    void ab_43_the_ports_answer_on_127_0_0_1_and_nowhere_else() throws Exception {
        try (TestAgent agent = new TestAgent(run)) {
            for (NetworkInterface card :
                    Collections.list(NetworkInterface.getNetworkInterfaces())) {
                for (InetAddress address : Collections.list(card.getInetAddresses())) {
                    for (int port : List.of(agent.http, agent.https)) {
                        if (address.getHostAddress().equals("127.0.0.1")) {
                            new Socket(address, port).close();
                        } else {
                            assertThatThrownBy(() -> new Socket(address, port).close())
                                    .as(address.toString())
                                    .isInstanceOf(IOException.class);
                        }
                    }
                }
            }
            assertThatThrownBy(() -> new Socket("127.0.0.2", agent.https).close())
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void the_socket_is_open_to_everyone_and_gone_after_the_end() throws Exception {
        TestAgent agent = new TestAgent(run);
        Path socket = run.resolve("agent.sock");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                .isEqualTo("rw-rw-rw-");
        agent.close();
        assertThat(socket).doesNotExist();
        TestAgent.await(
                () ->
                        Thread.getAllStackTraces().keySet().stream()
                                .filter(Thread::isAlive)
                                .noneMatch(thread -> thread.getName().startsWith("https")));
    }

    @Test
    void a_socket_left_behind_is_replaced_and_anything_else_is_not() throws Exception {
        RunFolder folder = new RunFolder(run);
        try (ServerSocketChannel old =
                ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
            old.bind(java.net.UnixDomainSocketAddress.of(folder.socket()));
            assertThatThrownBy(folder::clearSocket).hasMessageContaining("answers on");
        }
        assertThat(folder.socket()).exists();
        folder.clearSocket();
        assertThat(folder.socket()).doesNotExist();
        Path precious = Files.writeString(run.resolve("precious"), "x");
        Files.createSymbolicLink(folder.socket(), precious);
        assertThatThrownBy(folder::clearSocket).hasMessageContaining("no socket");
        assertThat(precious).exists();
    }

    @Test
    void ab_21_a_link_in_place_of_the_certificate_is_replaced_not_followed() throws Exception {
        Path victim = Files.writeString(run.resolve("victim"), "x");
        RunFolder folder = new RunFolder(run);
        Files.createSymbolicLink(folder.certificate(), victim);
        Files.createSymbolicLink(run.resolve(".agent.crt.new"), victim);
        folder.publish("PEM");
        assertThat(victim).hasContent("x");
        assertThat(Files.isSymbolicLink(folder.certificate())).isFalse();
        assertThat(folder.certificate()).hasContent("PEM");
    }

    @Test
    void ab_47_headers_or_a_body_that_trickle_are_cut_and_others_go_on() throws Exception {
        TestAgent agent = new TestAgent(run, TestAgent.slow(Duration.ofSeconds(1)));
        try (agent;
                RawClient other = served(agent, 1002);
                RawClient next = served(agent, 1001);
                RawClient silent = agent.as(1001);
                RawClient headers = agent.as(1001);
                RawClient body = agent.as(0)) {
            begin(headers, "GET /health HTTP/1.1\r\nHost: ke");
            begin(next, "GET /hea");
            begin(
                    body,
                    "POST /api/evaluate HTTP/1.1\r\nHost: kepm\r\n"
                            + "Content-Type: application/json\r\nContent-Length: 10000\r\n\r\n{");
            TestAgent.await(
                    () -> {
                        assertThat(health(other)).isEqualTo(200);
                        return isCut(headers) & isCut(next) & isCut(body);
                    });
            assertThat(headers.isClosed()).isTrue();
            assertThat(next.isClosed()).isTrue();
            assertThat(silent.isClosed()).isTrue();
            assertThat(body.read(false).status()).isIn(0, 400);
        }
        // Whose each is, is not told apart here: they come all at once.
        assertThat(agent.cuts()).allMatch(cut -> cut.contains(" slow "));
        assertThat(agent.cuts().stream().mapToInt(DoorsTest::count).sum()).isEqualTo(4);
    }

    private static int count(String cut) {
        return Integer.parseInt(cut.substring(cut.lastIndexOf(' ') + 1));
    }

    /** A connection that was answered once. */
    private static RawClient served(TestAgent agent, long uid) throws IOException {
        RawClient client = agent.as(uid);
        assertThat(client.get("/health").status()).isEqualTo(200);
        return client;
    }

    private static int health(RawClient client) {
        try {
            return client.get("/health").status();
        } catch (IOException e) {
            return 0;
        }
    }

    private static void begin(RawClient client, String text) {
        try {
            client.write(text);
        } catch (IOException e) {
            // On a busy machine it was cut before.
        }
    }

    /** Whether it was cut before one byte more. */
    private static boolean isCut(RawClient client) {
        try {
            client.write("x");
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void ab_47_a_slow_tls_handshake_is_cut() throws Exception {
        try (TestAgent agent = new TestAgent(run, TestAgent.slow(Duration.ofMillis(300)));
                RawClient client = RawClient.tcp(agent.https)) {
            client.write("\u0016\u0003\u0001");
            client.drain();
        }
    }
}
