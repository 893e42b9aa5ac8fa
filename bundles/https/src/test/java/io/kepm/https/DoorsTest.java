package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.audit.AuditType;
import io.kepm.api.health.HealthCheck.Level;
import io.kepm.api.linux.SocketOwners;
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
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
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
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(Thread::isAlive)
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("https"));
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
        try (TestAgent agent = new TestAgent(run, slow());
                RawClient silent = agent.as(1001);
                RawClient headers = agent.as(1001);
                RawClient next = agent.as(1001);
                RawClient body = agent.as(0);
                RawClient other = agent.as(1002)) {
            headers.write("GET /health HTTP/1.1\r\nHost: ke");
            assertThat(next.get("/health").status()).isEqualTo(200);
            next.write("GET /hea");
            body.write(
                    "POST /api/evaluate HTTP/1.1\r\nHost: kepm\r\n"
                            + "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{");
            for (int i = 0; i < 20; i++) {
                Thread.sleep(100);
                assertThat(other.get("/health").status()).isEqualTo(200);
                trickle(headers);
                trickle(next);
                trickle(body);
            }
            assertThat(headers.isClosed()).isTrue();
            assertThat(next.isClosed()).isTrue();
            assertThat(silent.isClosed()).isTrue();
            assertThat(body.read(false).status()).isIn(0, 400);
        }
    }

    private static void trickle(RawClient client) {
        try {
            client.write("x");
        } catch (IOException e) {
            // It was cut.
        }
    }

    @Test
    void ab_47_a_slow_tls_handshake_is_cut() throws Exception {
        try (TestAgent agent = new TestAgent(run, slow());
                RawClient client = RawClient.tcp(agent.https)) {
            client.write("\u0016\u0003\u0001");
            client.drain();
        }
    }

    private static Limits slow() {
        return new Limits(
                1 << 20,
                128 << 10,
                16 << 10,
                100,
                256,
                32,
                Limits.STANDARD.bodies(),
                Limits.STANDARD.places(),
                Duration.ofMillis(300),
                Duration.ofMillis(300),
                Duration.ofSeconds(30),
                Duration.ofMillis(200));
    }

    @Test
    void ab_47_one_user_never_holds_more_connections_than_a_share_and_root_gets_in()
            throws Exception {
        List<RawClient> open = new ArrayList<>();
        try (TestAgent agent = new TestAgent(run, connections(6, 3))) {
            for (long uid : List.of(1001L, 1002L)) {
                for (int i = 0; i < 3; i++) {
                    RawClient client = agent.as(uid);
                    open.add(client);
                    assertThat(client.get("/health").status()).isEqualTo(200);
                }
                try (RawClient client = agent.as(uid)) {
                    assertThat(client.get("/health").status()).isZero();
                } catch (IOException e) {
                    // Closed before the request was written.
                }
            }
            try (RawClient root = agent.as(0)) {
                assertThat(root.get("/health").status()).isEqualTo(200);
            }
            open.remove(0).close();
            // The agent hears of the free place a moment later.
            TestAgent.await(() -> answers(agent));
        } finally {
            for (RawClient client : open) {
                client.close();
            }
        }
    }

    /** Members: both doors over TCP, those who can't be told, and root, which takes what is free. */
    @Test
    void ab_47_one_user_never_holds_more_connections_over_tcp_than_a_share_either()
            throws Exception {
        List<RawClient> open = new ArrayList<>();
        try (TestAgent agent = new TestAgent(run, connections(6, 3))) {
            for (int port : List.of(agent.http, agent.https)) {
                agent.owners.owner = Optional.empty();
                hold(open, port, 3);
                assertThat(isCut(port)).as("nobody that is known").isTrue();
                agent.owners.owner = Optional.of(new SocketOwners.Owner(1001, 7));
                hold(open, port, 3);
                assertThat(isCut(port)).isTrue();
                agent.owners.owner = Optional.of(new SocketOwners.Owner(1002, 7));
                assertThat(isCut(port)).as("all are held").isTrue();
                agent.owners.owner = Optional.of(new SocketOwners.Owner(0, 7));
                hold(open, port, 3);
                assertThat(isCut(port)).isTrue();
                closeAll(open);
                TestAgent.await(() -> !isCut(port));
                hold(open, port, 5);
                closeAll(open);
            }
        } finally {
            closeAll(open);
        }
    }

    private static Limits connections(int all, int ofOne) {
        return new Limits(
                1 << 20,
                128 << 10,
                16 << 10,
                100,
                all,
                ofOne,
                Limits.STANDARD.bodies(),
                Limits.STANDARD.places(),
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                Duration.ofMillis(200));
    }

    /** Opens so many more, each of which stays. */
    private static void hold(List<RawClient> open, int port, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            RawClient client = RawClient.tcp(port);
            assertThat(client.isStillOpen()).as("%s of %s on %s", i, count, port).isTrue();
            open.add(client);
        }
    }

    private static boolean isCut(int port) {
        try (RawClient client = RawClient.tcp(port)) {
            return !client.isStillOpen();
        } catch (IOException e) {
            return true;
        }
    }

    private static void closeAll(List<RawClient> open) throws IOException {
        for (RawClient client : open) {
            client.close();
        }
        open.clear();
    }

    private static boolean answers(TestAgent agent) {
        try (RawClient client = agent.as(1001)) {
            return client.get("/health").status() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void ab_47_beyond_ones_bytes_in_flight_the_next_is_told_to_come_back_and_others_go_on()
            throws Exception {
        Limits one =
                new Limits(
                        1 << 20,
                        128 << 10,
                        16 << 10,
                        100,
                        256,
                        32,
                        new Shares.Bounds(1 << 20, 1 << 20, 128 << 10, 128 << 10),
                        Limits.STANDARD.places(),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(30),
                        Duration.ofMillis(200));
        try (TestAgent agent = new TestAgent(run, one);
                RawClient first = agent.as(1001)) {
            String start =
                    "POST /api/evaluate HTTP/1.1\r\nHost: kepm\r\n"
                            + "Content-Type: application/json\r\n";
            first.write(start + "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n");
            Thread.sleep(300);
            try (RawClient second = agent.as(1001)) {
                RawClient.Reply reply = second.post("/api/evaluate", "{}");
                assertThat(reply.status()).isEqualTo(503);
                assertThat(reply.header("retry-after")).isEqualTo("1");
            }
            for (long uid : List.of(1002L, 0L)) {
                try (RawClient other = agent.as(uid)) {
                    assertThat(other.post("/api/evaluate", "{}").status()).isEqualTo(422);
                }
            }
            assertThat(first.send("1\r\n}\r\n0\r\n\r\n").status()).isEqualTo(422);
            try (RawClient again = agent.as(1001)) {
                assertThat(again.post("/api/evaluate", "{}").status()).isEqualTo(422);
            }
        }
    }

    @Test
    void ab_47_bodies_that_trickle_hold_no_place() throws Exception {
        Limits one =
                new Limits(
                        1 << 20,
                        128 << 10,
                        16 << 10,
                        100,
                        256,
                        32,
                        Limits.STANDARD.bodies(),
                        new Shares.Bounds(2, 1, 1, 1),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(30),
                        Duration.ofMillis(200));
        try (TestAgent agent = new TestAgent(run, one);
                RawClient first = agent.as(1001)) {
            first.write(
                    "POST /api/evaluate HTTP/1.1\r\nHost: kepm\r\n"
                            + "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{");
            Thread.sleep(300);
            try (RawClient second = agent.as(1001)) {
                assertThat(second.post("/api/evaluate", "{}").status()).isEqualTo(422);
            }
            assertThat(first.send("}").status()).isEqualTo(422);
        }
    }
}
