package io.kepm.mqtt;

import static io.kepm.mqtt.RawClient.connectPacket;
import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.linux.SocketOwners;
import io.kepm.api.trust.Launches.Reach;
import io.kepm.api.trust.TopicRights;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who waits before anybody knows who it is: many at once, and again and again. */
class DoorstepTest {

    private static final int BAD_USER_OR_PASSWORD = 4;
    private static final int PATIENCE = 60_000;

    /** Connections that say nothing, or only begin to, are cut, and meanwhile others get in. */
    @Test
    void ab_47_silent_connections_keep_nobody_out() throws Exception {
        Limits hasty = Limits.STANDARD.withAdmission(Duration.ofSeconds(5));
        try (TestHouse strict = new TestHouse(hasty)) {
            // What is loaded for the first one takes its time on a busy machine.
            strict.raw("plugin:first", List.of(), List.of()).close();
            int before = strict.owners.asked.get();
            strict.owners.owner = Optional.of(new SocketOwners.Owner(1002, 7));
            List<Socket> silent = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                silent.add(new Socket("localhost", strict.port()));
            }
            asked(strict, before + 300);
            strict.owners.owner = Optional.of(new SocketOwners.Owner(1001, 8));
            try (RawClient other = strict.raw("plugin:other", List.of(), List.of())) {
                other.ping();
            }
            for (Socket socket : silent) {
                socket.setSoTimeout(PATIENCE);
                assertThat(ended(socket)).isTrue();
                socket.close();
            }
        }
    }

    /** The flood of one user pushes out his own connections, also once it is older than others'. */
    @Test
    void ab_47_who_fills_the_doorstep_pushes_out_nobody_but_oneself() throws Exception {
        try (TestHouse house = new TestHouse()) {
            house.owners.owner = Optional.of(new SocketOwners.Owner(1002, 7));
            List<Socket> flood = new ArrayList<>();
            flood(house, flood, 30);
            asked(house, 30);
            house.owners.owner = Optional.of(new SocketOwners.Owner(1001, 8));
            String secret = house.processes.start("plugin:slow", Reach.PLUGIN, TopicRights.NONE);
            try (RawClient slow = new RawClient(house)) {
                asked(house, 31);
                house.owners.owner = Optional.of(new SocketOwners.Owner(1002, 7));
                flood(house, flood, 200);
                asked(house, 231);
                assertThat(ended(flood.get(0))).isTrue();
                assertThat(slow.connectCode(connectPacket("plugin:slow", "plugin:slow", "guess")))
                        .isEqualTo(BAD_USER_OR_PASSWORD);
                TestHouse.await(
                        "the record of whose it was",
                        () ->
                                house.audit.drafts.stream()
                                        .anyMatch(
                                                draft ->
                                                        "1001"
                                                                .equals(
                                                                        draft.details()
                                                                                .get("owner"))));
            }
            house.owners.owner = Optional.of(new SocketOwners.Owner(1001, 8));
            try (RawClient slow = new RawClient(house)) {
                assertThat(slow.connectCode(connectPacket("plugin:slow", "plugin:slow", secret)))
                        .isZero();
            }
            for (Socket socket : flood) {
                socket.close();
            }
        }
    }

    /** Who is too fast has no handshake for now, and then is cut; nobody else waits for that. */
    @Test
    void ab_47_who_connects_again_and_again_waits_before_anything_is_done_for_it()
            throws Exception {
        Limits slow = TestHouse.PATIENT.withHandshakes(2, Duration.ofHours(1));
        try (TestHouse house = new TestHouse(slow)) {
            house.owners.owner = Optional.of(new SocketOwners.Owner(1002, 7));
            assertThat(shakesHands(house, PATIENCE)).isTrue();
            assertThat(shakesHands(house, PATIENCE)).isTrue();
            assertThat(shakesHands(house, 500)).as("this one waits").isFalse();
            assertThat(shakesHands(house, 500)).as("this one too").isFalse();
            try (Socket fifth = new Socket("localhost", house.port())) {
                fifth.setSoTimeout(PATIENCE);
                assertThat(ended(fifth)).isTrue();
            }
            house.owners.owner = Optional.of(new SocketOwners.Owner(1001, 8));
            assertThat(shakesHands(house, PATIENCE)).isTrue();
        }
    }

    /** Members: one that its pace cuts, those that a full doorstep pushes out. */
    @Test
    void ab_108_connections_that_are_cut_are_one_record_and_shown_however_many() throws Exception {
        TestHouse house = new TestHouse(TestHouse.PATIENT.withHandshakes(70, Duration.ofHours(1)));
        List<Socket> flood = new ArrayList<>();
        try (house) {
            house.owners.owner = Optional.of(new SocketOwners.Owner(1002, 7));
            // 70 begin, as many wait, and the doorstep has room for 64.
            flood(house, flood, 200);
            TestHouse.await("the cuts", () -> house.denied(Kind.CONNECTION) == 60 + 76);
            assertThat(house.house.denials())
                    .extracting(denial -> denial.kind() + " " + denial.what())
                    .containsExactly("connection uid 1002");
            assertThat(house.audit.drafts).as("not one by one").isEmpty();
        }
        assertThat(house.audit.drafts)
                .singleElement()
                .satisfies(
                        draft -> {
                            assertThat(draft.type().name()).isEqualTo("AUTHORIZATION_FAILED");
                            assertThat(draft.details())
                                    .containsEntry("owner", "1002")
                                    .containsEntry("count", "136")
                                    .containsEntry("why", "pace, room");
                        });
        for (Socket socket : flood) {
            socket.close();
        }
    }

    /** What runs as a user gives that user nothing; what it does itself waits for nobody. */
    @Test
    void ab_47_a_plugin_does_not_wait_for_the_user_as_whom_it_runs_nor_free_that_user()
            throws Exception {
        Limits slow = TestHouse.PATIENT.withHandshakes(2, Duration.ofHours(1));
        try (TestHouse house = new TestHouse(slow)) {
            house.processes.start("plugin:slow", Reach.PLUGIN, TopicRights.NONE);
            house.owners.owner = Optional.of(new SocketOwners.Owner(4711, 7));
            assertThat(shakesHands(house, PATIENCE)).isTrue();
            assertThat(shakesHands(house, PATIENCE)).isTrue();
            assertThat(shakesHands(house, 500)).as("the user's third waits").isFalse();
            house.owners.owner = Optional.of(new SocketOwners.Owner(4711, Fakes.Processes.SOCKET));
            for (int i = 0; i < 5; i++) {
                assertThat(shakesHands(house, PATIENCE)).as("of the plugin itself").isTrue();
            }
        }
    }

    /** It has nothing to do with the plugin that the user as whom it runs fills the doorstep. */
    @Test
    void ab_47_who_fills_the_doorstep_pushes_out_no_plugin_that_runs_as_the_same_user()
            throws Exception {
        try (TestHouse house = new TestHouse()) {
            String secret = house.processes.start("plugin:slow", Reach.PLUGIN, TopicRights.NONE);
            house.owners.owner = Optional.of(new SocketOwners.Owner(4711, Fakes.Processes.SOCKET));
            List<Socket> flood = new ArrayList<>();
            try (RawClient slow = new RawClient(house)) {
                asked(house, 1);
                house.owners.owner = Optional.of(new SocketOwners.Owner(4711, 7));
                flood(house, flood, 150);
                asked(house, 151);
                assertThat(ended(flood.get(0))).isTrue();
                assertThat(slow.connectCode(connectPacket("plugin:slow", "plugin:slow", secret)))
                        .isZero();
            }
            for (Socket socket : flood) {
                socket.close();
            }
        }
    }

    @Test
    void who_waits_for_a_handshake_has_it_in_the_end() throws Exception {
        long begun = System.nanoTime();
        Limits slow = TestHouse.PATIENT.withHandshakes(1, Duration.ofSeconds(1));
        try (TestHouse house = new TestHouse(slow);
                RawClient first = new RawClient(house);
                RawClient second = new RawClient(house)) {
            first.socket().startHandshake();
            second.socket().startHandshake();
            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        }
    }

    private static boolean shakesHands(TestHouse house, int millis) throws Exception {
        try (RawClient client = new RawClient(house)) {
            client.socket().setSoTimeout(millis);
            client.socket().startHandshake();
            return true;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        }
    }

    /** With one each nobody is greedier than a plugin; it stays all the same, within a share. */
    @Test
    void ab_47_however_many_accounts_knock_who_was_launched_is_not_pushed_out() throws Exception {
        try (TestHouse house = new TestHouse()) {
            String secret = house.processes.start("plugin:slow", Reach.PLUGIN, TopicRights.NONE);
            house.owners.owner = Optional.of(new SocketOwners.Owner(4711, 8));
            List<Socket> flood = new ArrayList<>();
            try (RawClient slow = new RawClient(house)) {
                asked(house, 1);
                for (int i = 0; i < 150; i++) {
                    house.owners.owner = Optional.of(new SocketOwners.Owner(2000 + i, 7));
                    flood(house, flood, 1);
                    asked(house, 2 + i);
                }
                assertThat(ended(flood.get(0))).isTrue();
                assertThat(slow.connectCode(connectPacket("plugin:slow", "plugin:slow", secret)))
                        .isZero();
            }
            for (Socket socket : flood) {
                socket.close();
            }
        }
    }

    /** Members: subordinate uids of one user, and one who is expected beyond its share. */
    @Test
    void ab_47_many_numbers_of_one_user_are_one_user_at_the_doorstep() throws Exception {
        try (TestHouse house = new TestHouse()) {
            house.processes.start("plugin:slow", Reach.PLUGIN, TopicRights.NONE);
            house.owners.subordinate = uid -> uid >= 100_000 ? 1002 : uid;
            List<Socket> first = new ArrayList<>();
            List<Socket> flood = new ArrayList<>();
            house.owners.owner = Optional.of(new SocketOwners.Owner(1001, 7));
            flood(house, first, 1);
            asked(house, 1);
            for (int i = 0; i < 100; i++) {
                house.owners.owner = Optional.of(new SocketOwners.Owner(100_000 + i, 7));
                flood(house, flood, 1);
                asked(house, 2 + i);
            }
            assertThat(ended(flood.get(0))).isTrue();
            house.owners.owner = Optional.of(new SocketOwners.Owner(4711, 8));
            flood(house, flood, 150);
            asked(house, 251);
            first.get(0).setSoTimeout(500);
            assertThat(ended(first.get(0))).as("whoever has one").isFalse();
            first.get(0).close();
            for (Socket socket : flood) {
                socket.close();
            }
        }
    }

    private static void asked(TestHouse house, int times) {
        TestHouse.await("all of them", () -> house.owners.asked.get() >= times);
    }

    private static void flood(TestHouse house, List<Socket> flood, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            Socket socket = new Socket("localhost", house.port());
            socket.setSoTimeout(PATIENCE);
            flood.add(socket);
        }
    }

    private static boolean ended(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }
}
