package io.kepm.mqtt;

import static io.kepm.mqtt.RawClient.packet;
import static io.kepm.mqtt.RawClient.publish;
import static io.kepm.mqtt.RawClient.text;
import static io.kepm.mqtt.RawClient.u16;
import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.linux.FakeSocketOwners;
import io.kepm.api.trust.Launches.Reach;
import io.kepm.api.trust.TopicRights;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What an admitted client can try. */
class TrafficTest {

    private static TestHouse house;

    @BeforeAll
    static void open() {
        house = new TestHouse();
    }

    @AfterAll
    static void close() {
        house.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Members: too many levels and too long, to publish and to subscribe; odd `$share` forms. */
    @Test
    void ab_59_deep_long_and_shared_topics_are_denied_and_everybody_stays() throws Exception {
        try (RawClient client = house.raw("plugin:deep", List.of("#", "d/#"), List.of("#"));
                RawClient other = house.raw("plugin:shallow", List.of(), List.of("d/#"))) {
            other.subscribe(1, "d/#", 0);
            int id = 1;
            for (String filter :
                    List.of(
                            "d/".repeat(1_100) + "x",
                            "d/".repeat(16) + "x",
                            "d/" + "x".repeat(1_100),
                            "$share/g/d/x",
                            "$share",
                            "$share/",
                            "$share/g",
                            "$share//d",
                            "$share/+/d",
                            "$share/g/",
                            "d/#/x",
                            "d/x#",
                            "")) {
                assertThat(client.subscribe(id++, filter, 1)).as(filter).isEqualTo(0x80);
            }
            client.send(publish("d/".repeat(1_100) + "x", 1, 7, bytes("x"), false));
            assertThat(client.read().type()).isEqualTo(4);
            client.send(publish("d/ok", 0, 0, bytes("x"), false));
            assertThat(new String(other.read().body(), StandardCharsets.UTF_8)).contains("d/ok");
            client.ping();
        }
        assertThat(house.denied(Kind.SUBSCRIBE)).isGreaterThanOrEqualTo(13);
    }

    /** Members: wildcards in a topic, packets of the broker, nonsense, no filter, bad flags. */
    @Test
    void ab_59_a_packet_that_breaks_the_protocol_ends_that_client_only() throws Exception {
        int number = 0;
        try (RawClient other = house.raw("plugin:calm", List.of(), List.of("c"))) {
            for (byte[] bad :
                    List.of(
                            publish("a/+", 0, 0, bytes("x"), false),
                            publish("a/#", 0, 0, bytes("x"), false),
                            new byte[] {0x20, 2, 0, 0},
                            new byte[] {(byte) 0x90, 3, 0, 1, 0},
                            new byte[] {(byte) 0xd0, 0},
                            new byte[] {(byte) 0xf0, 0},
                            packet(0x82, u16(1)),
                            packet(0xa2, u16(1)),
                            packet(0x80, u16(1), text("c"), new byte[] {0}),
                            packet(0x82, u16(1), text("c"), new byte[] {3}),
                            packet(0x36, text("a"), u16(1)),
                            packet(0x32, text("a"), u16(0), bytes("x")),
                            packet(0x30, new byte[] {0, 9, 'a'}))) {
                String id = "plugin:bad" + number++;
                try (RawClient client = house.raw(id, List.of("a"), List.of("c"))) {
                    // The zeros are for a packet that says it is longer than it is.
                    assertThat(client.isEndedBy(bad, new byte[20])).as(id).isTrue();
                }
                other.ping();
            }
        }
    }

    /** The member that Moquette's session loop died of: what a command of one client throws. */
    @Test
    void ab_59_a_fault_of_ours_in_one_packet_ends_that_client_only() throws Exception {
        Fakes.Processes processes = new Fakes.Processes();
        Records records = new Records(new Fakes.Audit());
        Denials denials = new Denials(Clock.systemUTC());
        TopicRights all = new TopicRights(List.of("#"), List.of());
        try (Broker broker =
                        Broker.start(
                                new Broker.Parts(
                                        Limits.STANDARD,
                                        new LaunchedProcesses(
                                                () -> Optional.of(processes),
                                                new FakeSocketOwners()),
                                        DeclaredRights::new,
                                        new Refusals(denials, records, Clock.systemUTC()),
                                        (from, message) -> {
                                            throw new IllegalStateException("a fault of ours");
                                        },
                                        message -> {},
                                        Clock.systemUTC()),
                                new InetSocketAddress("127.0.0.1", 0),
                                () -> TestHouse.CERTIFICATE);
                RawClient client = new RawClient(broker.address().getPort());
                RawClient other = new RawClient(broker.address().getPort())) {
            client.connect("plugin:a", processes.start("plugin:a", Reach.PLUGIN, all));
            other.connect("plugin:b", processes.start("plugin:b", Reach.PLUGIN, all));
            assertThat(client.isEndedBy(publish("x", 1, 1, bytes("x"), false))).isTrue();
            other.ping();
        }
    }

    @Test
    void a_payload_that_is_too_long_ends_the_connection_and_one_that_just_fits_arrives()
            throws Exception {
        try (RawClient client = house.raw("plugin:large", List.of("l"), List.of("l"));
                RawClient other = house.raw("plugin:larger", List.of("l"), List.of())) {
            client.subscribe(1, "l", 1);
            client.send(publish("l", 0, 0, new byte[256 << 10], false));
            assertThat(client.read().body()).hasSize((256 << 10) + 3);
            byte[] tooLong = publish("l", 0, 0, new byte[(256 << 10) + 4_096], false);
            assertThat(other.isEndedBy(tooLong)).isTrue();
        }
        try (RawClient client = house.raw("plugin:large", List.of("l"), List.of("l"))) {
            // Within what the decoder takes, but over the bound: denied alone.
            client.send(publish("l", 1, 9, new byte[(256 << 10) + 1], false));
            assertThat(client.read().type()).isEqualTo(4);
            client.ping();
        }
    }

    /** Members: the flag with a payload, the flag that would delete, and a later subscriber. */
    @Test
    void ab_62_nothing_is_retained_for_those_who_come_later() throws Exception {
        long before = house.broker().clearedRetains();
        try (RawClient client = house.raw("plugin:bomb", List.of("t"), List.of("t"))) {
            client.send(publish("t", 1, 1, bytes("boom"), true));
            client.send(publish("t", 1, 2, new byte[0], true));
            assertThat(client.read().type()).isEqualTo(4);
            assertThat(client.read().type()).isEqualTo(4);
            try (RawClient later = house.raw("plugin:later", List.of(), List.of("t"))) {
                assertThat(later.subscribe(1, "t", 1)).isEqualTo(1);
                later.ping();
                client.send(publish("t", 0, 0, bytes("now"), true));
                RawClient.Packet heard = later.read();
                assertThat(new String(heard.body(), StandardCharsets.UTF_8)).contains("now");
                assertThat(heard.first() & 1).isZero();
            }
        }
        assertThat(house.broker().clearedRetains() - before).isEqualTo(3);
    }

    @Test
    void exactly_once_is_once_also_when_it_is_sent_twice() throws Exception {
        try (RawClient says = house.raw("plugin:says", List.of("q"), List.of());
                RawClient hears = house.raw("plugin:hears", List.of(), List.of("q"))) {
            assertThat(hears.subscribe(1, "q", 2)).isEqualTo(2);
            says.send(publish("q", 2, 5, bytes("x"), false));
            assertThat(says.read().type()).isEqualTo(5);
            says.send(publish("q", 2, 5, bytes("x"), false));
            assertThat(says.read().type()).isEqualTo(5);
            says.send(packet(0x62, u16(5)));
            assertThat(says.read().type()).isEqualTo(7);
            says.send(publish("q", 2, 5, bytes("y"), false));
            assertThat(says.read().type()).isEqualTo(5);
            RawClient.Packet first = hears.read();
            assertThat(first.body()).endsWith('x');
            int id = (first.body()[3] & 0xff) << 8 | first.body()[4] & 0xff;
            hears.send(packet(0x50, u16(id)));
            RawClient.Packet second = hears.read();
            RawClient.Packet third = hears.read();
            assertThat(List.of(second.type(), third.type())).containsExactlyInAnyOrder(3, 6);
            hears.send(packet(0x70, u16(id)));
            TestHouse.await(
                    "one of two to be done",
                    () ->
                            house.house.clients().stream()
                                    .filter(c -> c.id().equals("plugin:hears"))
                                    .anyMatch(c -> c.outstanding() == 1));
        }
    }

    @Test
    void overlapping_subscriptions_bring_a_message_once_and_at_their_best() throws Exception {
        try (RawClient client = house.raw("plugin:over", List.of("o/x"), List.of("o/#"))) {
            client.subscribe(1, "o/#", 0);
            client.subscribe(2, "o/x", 1);
            client.subscribe(3, "o/+", 0);
            client.subscribe(4, "o/x", 1);
            client.send(publish("o/x", 1, 1, bytes("once"), false));
            RawClient.Packet one = client.read();
            RawClient.Packet two = client.read();
            assertThat(List.of(one.type(), two.type())).containsExactlyInAnyOrder(3, 4);
            assertThat((one.type() == 3 ? one : two).first() >> 1 & 3).isEqualTo(1);
            client.ping();
            client.send(packet(0xa2, u16(9), text("o/x"), text("o/#"), text("o/+")));
            assertThat(client.read().type()).isEqualTo(11);
            client.send(publish("o/x", 0, 0, bytes("none"), false));
            client.ping();
        }
    }

    @Test
    void more_than_a_hundred_subscriptions_fail() throws Exception {
        try (RawClient client = house.raw("plugin:many", List.of(), List.of("m/#"))) {
            for (int i = 0; i < 100; i++) {
                assertThat(client.subscribe(i + 1, "m/" + i, 0)).isZero();
            }
            assertThat(client.subscribe(101, "m/more", 0)).isEqualTo(0x80);
            assertThat(client.subscribe(102, "m/7", 0)).isZero();
        }
    }

    @Test
    void a_client_that_promised_to_speak_and_does_not_is_cut() throws Exception {
        String secret = house.processes.start("plugin:asleep", Reach.PLUGIN, TopicRights.NONE);
        try (RawClient client = new RawClient(house)) {
            client.send(
                    packet(
                            0x10,
                            text("MQTT"),
                            new byte[] {4, (byte) 0xc2},
                            u16(1),
                            text("plugin:asleep"),
                            text("plugin:asleep"),
                            text(secret)));
            assertThat(client.read().type()).isEqualTo(2);
            assertThat(client.isEnded()).isTrue();
        }
    }

    /** A hundred thousand messages too fast: the sender waits, another one does not. */
    @Test
    void ab_140_a_flood_slows_down_its_sender_only() throws Exception {
        try (TestHouse slow = new TestHouse(Limits.STANDARD.withRate(200, 1 << 20));
                RawClient floods = slow.raw("plugin:flood", List.of("f"), List.of());
                RawClient other = slow.raw("plugin:other", List.of(), List.of())) {
            Thread flood =
                    new Thread(
                            () -> {
                                try {
                                    for (int i = 0; i < 100_000; i++) {
                                        floods.send(publish("f", 0, 0, new byte[100], false));
                                    }
                                } catch (java.io.IOException e) {
                                    // Closed at the end of the test.
                                }
                            });
            flood.start();
            for (int i = 0; i < 20; i++) {
                other.ping();
            }
            long taken =
                    slow.house.clients().stream()
                            .filter(client -> client.id().equals("plugin:flood"))
                            .mapToLong(client -> client.published())
                            .sum();
            assertThat(taken).isLessThan(100_000);
            Optional<Session> session = slow.broker().switchboard().session("plugin:flood");
            assertThat(session).isPresent();
            // Else its end waits until all that is on its way was taken.
            floods.socket().setSoLinger(true, 0);
        }
    }
}
