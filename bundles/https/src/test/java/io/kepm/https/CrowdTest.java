package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.linux.SocketOwners;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many at once: nobody takes more than a share, of connections, of memory, of work. */
class CrowdTest {

    private static final String BODY =
            "{\"eventType\":\"CommandLine\",\"target\":{\"path\":\"/usr/bin/id\"}}";
    private static final String EVALUATION =
            "POST /api/evaluate HTTP/1.1\r\nHost: kepm\r\nContent-Type: application/json\r\n"
                    + "Content-Length: "
                    + BODY.length()
                    + "\r\n\r\n"
                    + BODY;

    @TempDir private Path run;

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

    /**
     * Members: both doors over TCP, those who can't be told, and root, which takes what is free.
     */
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

    /**
     * Members: both doors over TCP. Whose turn it is not has no handshake and no answer for now,
     * and then is cut; nobody else waits for that.
     */
    @Test
    void ab_47_who_connects_again_and_again_waits_before_anything_is_done_for_it()
            throws Exception {
        try (TestAgent agent = new TestAgent(run, paced(2, Duration.ofHours(1)))) {
            for (Opening door : openings(agent)) {
                agent.owners.owner = Optional.of(new SocketOwners.Owner(1002, 7));
                assertThat(isServed(door, 20_000)).isTrue();
                assertThat(isServed(door, 20_000)).isTrue();
                assertThat(isServed(door, 500)).as("this one waits").isFalse();
                assertThat(isServed(door, 500)).as("this one too").isFalse();
                try (RawClient fifth = RawClient.tcp(door.port())) {
                    assertThat(fifth.isStillOpen()).isFalse();
                }
                agent.owners.owner = Optional.of(new SocketOwners.Owner(1001, 7));
                assertThat(isServed(door, 20_000)).isTrue();
                agent.owners.owner = Optional.of(new SocketOwners.Owner(0, 7));
                for (int i = 0; i < 6; i++) {
                    assertThat(isServed(door, 20_000)).as("root").isTrue();
                }
            }
        }
    }

    @Test
    void who_waits_for_a_turn_is_served_in_the_end() throws Exception {
        long begun = System.nanoTime();
        try (TestAgent agent = new TestAgent(run, paced(1, Duration.ofSeconds(1)))) {
            agent.owners.owner = Optional.of(new SocketOwners.Owner(1001, 7));
            for (Opening door : openings(agent)) {
                assertThat(isServed(door, 20_000)).isTrue();
                assertThat(isServed(door, 20_000)).as("it waited").isTrue();
                assertThat(Duration.ofNanos(System.nanoTime() - begun))
                        .isGreaterThanOrEqualTo(Duration.ofSeconds(1));
                begun = System.nanoTime();
            }
        }
    }

    private static Limits paced(int burst, Duration each) {
        return new Limits(
                1 << 20,
                128 << 10,
                16 << 10,
                100,
                256,
                burst,
                each,
                Limits.STANDARD.bodies(),
                Limits.STANDARD.places(),
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                Duration.ofMillis(200));
    }

    /** A door over TCP, and a client of it. */
    private record Opening(int port, java.util.concurrent.Callable<RawClient> client) {}

    private static List<Opening> openings(TestAgent agent) {
        return List.of(
                new Opening(agent.http, () -> RawClient.tcp(agent.http)),
                new Opening(agent.https, agent::tls));
    }

    private static boolean isServed(Opening door, int patienceMillis) throws Exception {
        try (RawClient client = door.client().call()) {
            client.patience(patienceMillis);
            return client.get("/health", "localhost:" + door.port()).status() == 200;
        } catch (SocketTimeoutException e) {
            return false;
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
                Duration.ZERO,
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
                        Duration.ZERO,
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

    /** Members: one's own share, that of users together; root, and what everybody may read. */
    @Test
    void ab_47_beyond_the_requests_in_flight_the_next_is_told_to_come_back_and_others_go_on()
            throws Exception {
        Limits few =
                new Limits(
                        1 << 20,
                        128 << 10,
                        16 << 10,
                        100,
                        256,
                        32,
                        Duration.ZERO,
                        Limits.STANDARD.bodies(),
                        new Shares.Bounds(3, 2, 1, 3),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(30),
                        Duration.ofMillis(200));
        try (TestAgent agent = new TestAgent(run, few);
                RawClient alice = known(agent, 1001);
                RawClient bob = known(agent, 1002)) {
            CountDownLatch hanging = new CountDownLatch(1);
            agent.engine.hanging = hanging;
            for (RawClient asking : List.of(alice, bob)) {
                asking.write(EVALUATION);
                TestAgent.await(() -> !agent.engine.asked.isEmpty());
                try (RawClient more = agent.as(1001)) {
                    RawClient.Reply reply = more.send(EVALUATION);
                    assertThat(reply.status()).isEqualTo(503);
                    assertThat(reply.header("retry-after")).isEqualTo("1");
                    assertThat(more.isClosed()).isTrue();
                }
            }
            TestAgent.await(() -> agent.engine.asked.size() == 2);
            try (RawClient other = known(agent, 1003);
                    RawClient root = known(agent, 0)) {
                assertThat(other.get("/api/grants").status()).isEqualTo(503);
                assertThat(root.get("/api/grants").status()).isEqualTo(200);
            }
            hanging.countDown();
            assertThat(alice.read(false).status()).isEqualTo(200);
            assertThat(bob.read(false).status()).isEqualTo(200);
            TestAgent.await(() -> statusOf(agent, 1003) == 200);
        }
    }

    /** A connection of which the agent has seen whose it is. */
    private static RawClient known(TestAgent agent, long uid) throws IOException {
        RawClient client = agent.as(uid);
        assertThat(client.get("/health").status()).isEqualTo(200);
        return client;
    }

    private static int statusOf(TestAgent agent, long uid) {
        try (RawClient client = agent.as(uid)) {
            return client.get("/api/grants").status();
        } catch (IOException e) {
            return 0;
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
                        Duration.ZERO,
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
