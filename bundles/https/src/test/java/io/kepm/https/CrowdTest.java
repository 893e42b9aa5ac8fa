package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.linux.SocketOwners;
import io.kepm.api.trust.Launches;
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

    /** In milliseconds, with what has to happen; and with what must not. */
    private static final int PATIENCE = 60_000;

    private static final int A_WHILE = 100;

    @TempDir private Path run;

    @Test
    void ab_47_one_user_never_holds_more_connections_than_a_share_and_root_gets_in()
            throws Exception {
        List<RawClient> open = new ArrayList<>();
        try (TestAgent agent = new TestAgent(run, TestAgent.connections(8, 3))) {
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
        try (TestAgent agent = new TestAgent(run, TestAgent.connections(8, 3))) {
            for (int port : List.of(agent.http, agent.https)) {
                agent.owners.owner = Optional.empty();
                hold(agent, open, port, 3);
                assertThat(isCut(port)).as("nobody that is known").isTrue();
                agent.owners.owner = Optional.of(new SocketOwners.Owner(1001, 7));
                hold(agent, open, port, 3);
                assertThat(isCut(port)).isTrue();
                agent.owners.owner = Optional.of(new SocketOwners.Owner(1002, 7));
                assertThat(isCut(port)).as("all are held").isTrue();
                agent.owners.owner = Optional.of(new SocketOwners.Owner(0, 7));
                hold(agent, open, port, 3);
                assertThat(isCut(port)).isTrue();
                closeAll(open);
                // The agent hears of the free places a moment later.
                TestAgent.await(() -> areLetIn(open, port, 5));
                closeAll(open);
                TestAgent.await(() -> isLetIn(port));
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
        try (TestAgent agent = new TestAgent(run, TestAgent.paced(2, Duration.ofHours(1)))) {
            agent.owners.subordinate = uid -> uid >= 100_000 ? 1002 : uid;
            for (Opening door : openings(agent)) {
                agent.owners.owner = Optional.of(new SocketOwners.Owner(1002, 7));
                assertThat(isServed(door, PATIENCE)).isTrue();
                assertThat(isServed(door, PATIENCE)).isTrue();
                assertThat(isServed(door, 500)).as("this one waits").isFalse();
                assertThat(isServed(door, 500)).as("this one too").isFalse();
                for (long uid : List.of(1002L, 100_007L)) {
                    own(agent, uid);
                    try (RawClient fifth = RawClient.tcp(door.port())) {
                        assertThat(fifth.isStillOpen(PATIENCE)).as("user %s", uid).isFalse();
                    }
                }
                agent.owners.owner = Optional.of(new SocketOwners.Owner(1001, 7));
                assertThat(isServed(door, PATIENCE)).isTrue();
                agent.owners.owner = Optional.of(new SocketOwners.Owner(0, 7));
                for (int i = 0; i < 6; i++) {
                    assertThat(isServed(door, PATIENCE)).as("root").isTrue();
                }
            }
        }
    }

    @Test
    void who_waits_for_a_turn_is_served_in_the_end() throws Exception {
        long begun = System.nanoTime();
        try (TestAgent agent = new TestAgent(run, TestAgent.paced(1, Duration.ofSeconds(1)))) {
            agent.owners.owner = Optional.of(new SocketOwners.Owner(1001, 7));
            for (Opening door : openings(agent)) {
                assertThat(isServed(door, PATIENCE)).isTrue();
                assertThat(isServed(door, PATIENCE)).as("it waited").isTrue();
                assertThat(Duration.ofNanos(System.nanoTime() - begun))
                        .isGreaterThanOrEqualTo(Duration.ofSeconds(1));
                begun = System.nanoTime();
            }
        }
    }

    /** Each is answered at once, and then not heard for a while; nobody else is. */
    @Test
    void ab_47_who_asks_again_and_again_on_one_connection_is_not_heard_for_a_while()
            throws Exception {
        try (TestAgent agent = new TestAgent(run, TestAgent.paced(32, Duration.ofHours(5)))) {
            for (Opening door : openings(agent)) {
                own(agent, 1002);
                try (RawClient fast = door.client().call()) {
                    for (int i = 0; i < 101; i++) {
                        assertThat(health(fast, door)).as("request %s", i).isEqualTo(200);
                    }
                    fast.patience(500);
                    assertThat(health(fast, door)).as("the next one").isZero();
                }
                for (long uid : List.of(1001L, 0L)) {
                    own(agent, uid);
                    assertThat(isServed(door, PATIENCE)).as("user %s", uid).isTrue();
                }
            }
        }
    }

    private static int health(RawClient client, Opening door) throws IOException {
        return client.get("/health", "localhost:" + door.port()).status();
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

    /**
     * However many accounts knock, whoever runs the machine gets in. Members: an account of the
     * system, one that reads health, a plugin, a job of a user (no more than the user), and
     * subordinate uids, which count for the user who has them.
     */
    @Test
    void ab_47_many_accounts_together_leave_room_for_those_who_run_the_machine() throws Exception {
        List<RawClient> open = new ArrayList<>();
        try (TestAgent agent = new TestAgent(run, TestAgent.connections(8, 3))) {
            TestAgent.await(() -> agent.names.looked.contains("kepm-auditors"));
            agent.owners.subordinate = uid -> uid >= 100_000 ? 1001 : uid;
            for (int port : List.of(agent.http, agent.https)) {
                for (long uid : List.of(100_000L, 1001L, 165_535L)) {
                    own(agent, uid);
                    hold(agent, open, port, 1);
                }
                assertThat(isCut(port)).as("one user with many numbers").isTrue();
                for (long uid : List.of(2001L, 2002L, 2003L)) {
                    own(agent, uid);
                    hold(agent, open, port, 1);
                }
                for (long uid : List.of(2004L, -1L, 65_534L)) {
                    own(agent, uid);
                    assertThat(isCut(port)).as("user %s", uid).isTrue();
                }
                own(agent, 999);
                hold(agent, open, port, 1);
                own(agent, 1003);
                hold(agent, open, port, 1);
                assertThat(isCut(port)).as("nothing is left of what was kept").isTrue();
                launched(agent, 61_000, 7, Launches.Reach.PLUGIN);
                launched(agent, 1002, 7, Launches.Reach.USER);
                own(agent, 1002);
                assertThat(isCut(port)).as("a job of a user").isTrue();
                own(agent, 61_000);
                hold(agent, open, port, 3);
                assertThat(isCut(port)).as("a plugin has its share").isTrue();
                closeAll(open);
                own(agent, 0);
                TestAgent.await(() -> isLetIn(port));
            }
        } finally {
            closeAll(open);
        }
    }

    private static boolean isServedNow(Opening door) {
        try {
            return isServed(door, 2_000);
        } catch (Exception e) {
            return false;
        }
    }

    private static void launched(TestAgent agent, long uid, long inode, Launches.Reach reach) {
        agent.processes().reaches.put(new SocketOwners.Owner(uid, inode), reach);
    }

    /** What runs as a user gives that user nothing, and what the user does costs it nothing. */
    @Test
    void ab_47_a_plugin_that_runs_as_a_user_frees_its_own_connections_and_none_of_the_user()
            throws Exception {
        List<RawClient> open = new ArrayList<>();
        try (TestAgent agent = new TestAgent(run, TestAgent.paced(2, Duration.ofHours(1)))) {
            launched(agent, 1002, 8, Launches.Reach.PLUGIN);
            for (Opening door : openings(agent)) {
                own(agent, 1002);
                assertThat(isServed(door, 20_000)).isTrue();
                assertThat(isServed(door, 20_000)).isTrue();
                assertThat(isServed(door, 500)).as("the user's third waits").isFalse();
                agent.owners.owner = Optional.of(new SocketOwners.Owner(1002, 8));
                for (int i = 0; i < 5; i++) {
                    // It has a share, and the agent hears of an end a moment later.
                    TestAgent.await(() -> isServedNow(door));
                }
            }
        }
        try (TestAgent agent = new TestAgent(run, TestAgent.connections(8, 3))) {
            launched(agent, 1002, 8, Launches.Reach.PLUGIN);
            own(agent, 1002);
            hold(agent, open, agent.http, 3);
            assertThat(isCut(agent.http)).as("the user's share").isTrue();
            agent.owners.owner = Optional.of(new SocketOwners.Owner(1002, 8));
            hold(agent, open, agent.http, 3);
            assertThat(isCut(agent.http)).as("that of the plugin").isTrue();
        } finally {
            closeAll(open);
        }
    }

    @Test
    void whose_a_connection_is_is_asked_for_once() throws Exception {
        try (TestAgent agent = new TestAgent(run)) {
            for (Opening door : openings(agent)) {
                own(agent, 1002);
                int before = agent.owners.asked.get();
                assertThat(isServed(door, 20_000)).isTrue();
                assertThat(agent.owners.asked.get() - before).isEqualTo(1);
            }
        }
    }

    /** Members: beyond a share over TCP and on the socket, and no room for users any more. */
    @Test
    void ab_108_connections_that_are_cut_are_one_record_of_each_user() throws Exception {
        List<RawClient> open = new ArrayList<>();
        TestAgent agent = new TestAgent(run, TestAgent.connections(8, 3));
        try (agent) {
            own(agent, 1001);
            hold(agent, open, agent.http, 3);
            for (int i = 0; i < 30; i++) {
                assertThat(isCut(agent.http)).isTrue();
            }
            own(agent, 1002);
            hold(agent, open, agent.http, 3);
            own(agent, 1005);
            assertThat(isCut(agent.http)).isTrue();
            for (int i = 0; i < 3; i++) {
                RawClient client = agent.as(1004);
                open.add(client);
                assertThat(client.get("/health").status()).isEqualTo(200);
            }
            assertThat(isCutOnSocket(agent, 1004)).isTrue();
            assertThat(agent.cuts()).as("a minute is not over").isEmpty();
        } finally {
            closeAll(open);
        }
        assertThat(agent.cuts())
                .containsExactlyInAnyOrder(
                        "http -1 1001 share 30",
                        "http -1 1005 room 1",
                        "agent.sock 1004 null share 1");
    }

    @Test
    void ab_108_what_the_pace_cuts_is_on_record_and_no_thread_that_accepts_waits_for_it()
            throws Exception {
        TestAgent agent = new TestAgent(run, TestAgent.paced(1, Duration.ofHours(1)));
        try (agent) {
            own(agent, 1002);
            for (Opening door : openings(agent)) {
                assertThat(isServed(door, 20_000)).isTrue();
                assertThat(isServed(door, 500)).as("this one waits").isFalse();
                for (int i = 0; i < 10; i++) {
                    assertThat(isCut(door.port())).isTrue();
                }
            }
            assertThat(agent.cuts()).isEmpty();
        }
        assertThat(agent.cuts()).containsExactly("http, https -1 1002 pace 20");
    }

    private static boolean isCutOnSocket(TestAgent agent, long uid) {
        try (RawClient client = agent.as(uid)) {
            return client.get("/health").status() == 0;
        } catch (IOException e) {
            // Closed before the request was written.
            return true;
        }
    }

    private static void own(TestAgent agent, long uid) {
        agent.owners.owner =
                uid < 0 ? Optional.empty() : Optional.of(new SocketOwners.Owner(uid, 7));
    }

    /** What runs as root by a grant shares nothing with the administrator. */
    @Test
    void ab_136_root_by_a_grant_takes_no_connection_from_the_administrator() throws Exception {
        List<RawClient> open = new ArrayList<>();
        try (TestAgent agent = new TestAgent(run, TestAgent.connections(8, 3))) {
            agent.byGrant = Optional.of("by grant g1");
            for (int i = 0; i < 3; i++) {
                RawClient client = agent.as(0);
                open.add(client);
                assertThat(client.get("/health").status()).isEqualTo(200);
            }
            agent.byGrant = Optional.empty();
            RawClient root = agent.as(0);
            open.add(root);
            assertThat(root.get("/health").status()).isEqualTo(200);
        } finally {
            closeAll(open);
        }
    }

    /** Opens so many more, each of which stays. */
    private static void hold(TestAgent agent, List<RawClient> open, int port, int count)
            throws Exception {
        for (int i = 0; i < count; i++) {
            int before = agent.owners.asked.get();
            RawClient client = RawClient.tcp(port);
            open.add(client);
            TestAgent.await(() -> agent.owners.asked.get() > before);
            assertThat(client.isStillOpen(A_WHILE)).as("%s of %s on %s", i, count, port).isTrue();
        }
    }

    private static boolean isCut(int port) {
        try (RawClient client = RawClient.tcp(port)) {
            return !client.isStillOpen(PATIENCE);
        } catch (IOException e) {
            return true;
        }
    }

    private static boolean isLetIn(int port) {
        List<RawClient> one = new ArrayList<>();
        try {
            boolean isLetIn = areLetIn(one, port, 1);
            closeAll(one);
            return isLetIn;
        } catch (IOException e) {
            return false;
        }
    }

    /** Opens so many more; none where one of them does not stay. */
    private static boolean areLetIn(List<RawClient> open, int port, int count) {
        List<RawClient> more = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                more.add(RawClient.tcp(port));
                if (!more.get(i).isStillOpen(A_WHILE)) {
                    closeAll(more);
                    return false;
                }
            }
            return open.addAll(more);
        } catch (IOException e) {
            return false;
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
        Limits one = TestAgent.bodies(new Shares.Bounds(1 << 20, 1 << 20, 128 << 10, 128 << 10));
        try (TestAgent agent = new TestAgent(run, one);
                RawClient first = agent.as(1001)) {
            String start =
                    "POST /api/evaluate HTTP/1.1\r\nHost: kepm\r\n"
                            + "Content-Type: application/json\r\n";
            first.write(start + "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n");
            // Said when its body is asked for: its share is taken, and nobody was in its way.
            assertThat(first.read(false).status()).isEqualTo(100);
            first.write("1\r\n{\r\n");
            assertThat(evaluation(agent, 1001)).isEqualTo(503);
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

    private static int evaluation(TestAgent agent, long uid) {
        try (RawClient client = agent.as(uid)) {
            return client.post("/api/evaluate", "{}").status();
        } catch (IOException e) {
            return 0;
        }
    }

    /** Members: one's own share, that of users together; root, and what everybody may read. */
    @Test
    void ab_47_beyond_the_requests_in_flight_the_next_is_told_to_come_back_and_others_go_on()
            throws Exception {
        Limits few = TestAgent.places(new Shares.Bounds(3, 2, 1, 3));
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
        Limits one = TestAgent.places(new Shares.Bounds(2, 1, 1, 1));
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
