package io.kepm.mqtt;

import static io.kepm.mqtt.RawClient.connect;
import static io.kepm.mqtt.RawClient.connectPacket;
import static io.kepm.mqtt.RawClient.joined;
import static io.kepm.mqtt.RawClient.packet;
import static io.kepm.mqtt.RawClient.publish;
import static io.kepm.mqtt.RawClient.text;
import static io.kepm.mqtt.RawClient.u16;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.audit.AuditType;
import io.kepm.api.trust.Launches.Reach;
import io.kepm.api.trust.TopicRights;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who gets in, byte by byte. */
class ConnectTest {

    private static final int BAD_PROTOCOL = 1;
    private static final int BAD_ID = 2;
    private static final int BAD_USER_OR_PASSWORD = 4;
    private static final int NOT_AUTHORIZED = 5;

    private static TestHouse house;

    @BeforeAll
    static void open() {
        house = new TestHouse();
    }

    @AfterAll
    static void close() {
        house.close();
    }

    private static int code(byte[] connect) throws IOException {
        try (RawClient client = new RawClient(house)) {
            int code = client.connectCode(connect);
            if (code != 0) {
                assertThat(client.isEnded()).isTrue();
            }
            return code;
        }
    }

    /** Others go on, whatever was tried. */
    private static void othersGoOn() throws Exception {
        try (RawClient other = house.raw("plugin:other", List.of(), List.of())) {
            other.ping();
        }
    }

    /** Members: nothing at all, a name without a secret, a secret without a name, a wrong one. */
    @Test
    void ab_55_who_does_not_prove_to_be_a_launched_process_is_refused_and_audited()
            throws Exception {
        house.processes.start("plugin:real", Reach.PLUGIN, TopicRights.NONE);
        long before = house.denied(Kind.CONNECT);
        assertThat(code(connect("MQTT", 4, 2, text("plugin:real")))).isEqualTo(4);
        assertThat(code(connect("MQTT", 4, 0x82, text("plugin:real"), text("plugin:real"))))
                .isEqualTo(BAD_USER_OR_PASSWORD);
        assertThat(code(connect("MQTT", 4, 0xc2, text("plugin:real"), text(""), text("x"))))
                .isEqualTo(BAD_USER_OR_PASSWORD);
        assertThat(code(connectPacket("plugin:real", "plugin:real", "wrong")))
                .isEqualTo(BAD_USER_OR_PASSWORD);
        assertThat(code(connectPacket("plugin:real", "plugin:real", "")))
                .isEqualTo(BAD_USER_OR_PASSWORD);
        assertThat(code(connectPacket("plugin:nobody", "plugin:nobody", "x")))
                .isEqualTo(BAD_USER_OR_PASSWORD);
        assertThat(house.denied(Kind.CONNECT) - before).isEqualTo(6);
        TestHouse.await(
                "the records",
                () ->
                        house.audit.types().stream()
                                        .filter(
                                                AuditType.PROCESS_AUTHENTICATION_FAILED.name()
                                                        ::equals)
                                        .count()
                                >= 6);
        othersGoOn();
    }

    /** Member: a certificate of the client's own changes nothing; nobody asks for one. */
    @Test
    void ab_55_a_certificate_of_a_client_counts_for_nothing() throws Exception {
        try (SSLSocket socket =
                (SSLSocket)
                        TestHouse.CERTIFICATE
                                .clientWithCertificate()
                                .getSocketFactory()
                                .createSocket("localhost", house.port())) {
            socket.startHandshake();
            socket.getOutputStream().write(connect("MQTT", 4, 2, text("plugin:real")));
            byte[] answer = socket.getInputStream().readNBytes(4);
            assertThat(answer).containsExactly(0x20, 2, 0, BAD_USER_OR_PASSWORD);
            assertThat(socket.getSession().getLocalCertificates()).isNull();
        }
    }

    @Test
    void the_user_name_has_to_be_the_client_id() throws Exception {
        String secret = house.processes.start("plugin:a", Reach.PLUGIN, TopicRights.NONE);
        house.processes.start("plugin:b", Reach.PLUGIN, TopicRights.NONE);
        assertThat(code(connectPacket("plugin:a", "plugin:b", secret)))
                .isEqualTo(BAD_USER_OR_PASSWORD);
        assertThat(code(connectPacket("plugin:b", "plugin:b", secret)))
                .isEqualTo(BAD_USER_OR_PASSWORD);
        assertThat(code(connectPacket("plugin:a", "plugin:a", secret))).isZero();
    }

    /** Members: each wildcard, slash, NUL, empty, spaces, too long, other scripts, other forms. */
    @Test
    void ab_58_a_client_id_that_could_widen_a_pattern_is_refused_before_anybody_is_asked()
            throws Exception {
        int before = house.processes.asked.get();
        for (String id :
                List.of(
                        "",
                        "plugin:+",
                        "plugin:#",
                        "plugin:a/b",
                        "plugin:a/#",
                        "plugin:a b",
                        "plugin:..",
                        "plugin:",
                        "job:a",
                        "job:a:b:c",
                        "admin:a",
                        "x",
                        "PLUGIN:a",
                        "plugin:ü",
                        "plugin:a\nb",
                        "plugin:" + "a".repeat(200))) {
            assertThat(code(connectPacket(id, id, "x"))).as(id).isEqualTo(BAD_ID);
        }
        try (RawClient client = new RawClient(house)) {
            assertThat(client.isEndedBy(connectPacket("plugin:\u0000", "plugin:\u0000", "x")))
                    .isTrue();
        }
        assertThat(house.processes.asked.get()).isEqualTo(before);
        othersGoOn();
    }

    /**
     * Members: by somebody else with the right form, and by another process with its own secret.
     */
    @Test
    void ab_62_a_client_id_in_use_is_not_taken_over_by_another_process() throws Exception {
        try (RawClient first = house.raw("plugin:taken", List.of(), List.of())) {
            assertThat(code(connectPacket("plugin:taken", "plugin:taken", "guess")))
                    .isEqualTo(BAD_USER_OR_PASSWORD);
            first.ping();
            house.processes.staying.put(
                    "plugin:taken", house.processes.running("plugin:taken").orElseThrow());
            String second = house.processes.start("plugin:taken", Reach.PLUGIN, TopicRights.NONE);
            assertThat(code(connectPacket("plugin:taken", "plugin:taken", second)))
                    .isEqualTo(BAD_ID);
            first.ping();
        }
    }

    /** Not only once the look of every second has met it: then both would be there meanwhile. */
    @Test
    void ab_62_what_has_ended_makes_room_at_once_for_what_comes_in_its_place() throws Exception {
        for (int i = 0; i < 5; i++) {
            try (RawClient first = house.raw("plugin:old", List.of(), List.of())) {
                String second = house.processes.start("plugin:old", Reach.PLUGIN, TopicRights.NONE);
                assertThat(code(connectPacket("plugin:old", "plugin:old", second))).isZero();
                assertThat(first.isEnded()).isTrue();
            }
        }
    }

    @Test
    void the_same_process_may_come_again_when_its_connection_hangs() throws Exception {
        String secret = house.processes.start("plugin:again", Reach.PLUGIN, TopicRights.NONE);
        try (RawClient first = new RawClient(house);
                RawClient second = new RawClient(house)) {
            first.connect("plugin:again", secret);
            second.connect("plugin:again", secret);
            assertThat(first.isEnded()).isTrue();
            second.ping();
        }
    }

    /** Members: the audit, another one's answers, an undeclared topic, a wildcard, `$SYS`. */
    @Test
    void ab_57_a_last_will_where_one_may_not_publish_refuses_the_connect() throws Exception {
        String secret =
                house.processes.start(
                        "plugin:will", Reach.PLUGIN, new TopicRights(List.of("w/ok"), List.of()));
        try (RawClient hears = house.raw("plugin:hears", List.of(), List.of("w/#"))) {
            assertThat(hears.subscribe(1, "w/#", 1)).isEqualTo(1);
            for (String topic :
                    List.of(
                            "AuditMessage",
                            "plugin:hears/Responses/1",
                            "w/other",
                            "$SYS/x",
                            "w/" + "x/".repeat(20))) {
                byte[] connect =
                        connect(
                                "MQTT",
                                4,
                                0xce,
                                text("plugin:will"),
                                text(topic),
                                text("boo"),
                                text("plugin:will"),
                                text(secret));
                assertThat(code(connect)).as(topic).isEqualTo(NOT_AUTHORIZED);
            }
            try (RawClient dies = new RawClient(house)) {
                assertThat(
                                dies.connectCode(
                                        connect(
                                                "MQTT",
                                                4,
                                                0xee,
                                                text("plugin:will"),
                                                text("w/ok"),
                                                text("gone"),
                                                text("plugin:will"),
                                                text(secret))))
                        .isZero();
            }
            RawClient.Packet will = hears.read();
            assertThat(new String(will.body(), StandardCharsets.UTF_8)).contains("w/ok", "gone");
            // The retain flag was cleared.
            assertThat(will.first() & 1).isZero();
        }
        assertThat(house.denied(Kind.WILL)).isEqualTo(5);
    }

    /** It takes the way of whatever its client publishes. */
    @Test
    void a_last_will_is_checked_and_taken_as_what_is_published_is() throws Exception {
        long before = house.denied(Kind.PAYLOAD);
        String line =
                "{'timestamp':'2026-11-25T10:00:00Z','level':'Error','logger':'w','message':'gone'}"
                        .replace('\'', '"');
        dies("plugin:logs", "KeeperLogger", line);
        TestHouse.await("the line of the log", () -> !house.log.records.isEmpty());
        assertThat(house.log.records.get(0).logger()).isEqualTo("plugin.logs.w");
        try (RawClient hears = house.raw("plugin:hears", List.of(), List.of("Events/+"))) {
            assertThat(hears.subscribe(1, "Events/+", 1)).isEqualTo(1);
            dies("plugin:bad", "Events/Gone", "no json");
            TestHouse.await("its denial", () -> house.denied(Kind.PAYLOAD) == before + 1);
            dies("plugin:good", "Events/Gone", "{}");
            assertThat(new String(hears.read().body(), StandardCharsets.UTF_8)).endsWith("{}");
        }
    }

    private void dies(String id, String topic, String will) throws Exception {
        String secret =
                house.processes.start(id, Reach.PLUGIN, new TopicRights(List.of(topic), List.of()));
        try (RawClient client = new RawClient(house)) {
            byte[] connect =
                    connect(
                            "MQTT",
                            4,
                            0xce,
                            text(id),
                            text(topic),
                            text(will),
                            text(id),
                            text(secret));
            assertThat(client.connectCode(connect)).isZero();
        }
    }

    @Test
    void a_good_bye_leaves_no_will_behind() throws Exception {
        String secret =
                house.processes.start(
                        "plugin:bye", Reach.PLUGIN, new TopicRights(List.of("b/#"), List.of()));
        try (RawClient hears = house.raw("plugin:listens", List.of(), List.of("b/#"))) {
            hears.subscribe(1, "b/#", 0);
            try (RawClient leaves = new RawClient(house)) {
                leaves.connectCode(
                        connect(
                                "MQTT",
                                4,
                                0xc6,
                                text("plugin:bye"),
                                text("b/will"),
                                text("gone"),
                                text("plugin:bye"),
                                text(secret)));
                leaves.send(new byte[] {(byte) 0xe0, 0});
                assertThat(leaves.isEnded()).isTrue();
            }
            TestHouse.await(
                    "it to be gone",
                    () ->
                            house.house.clients().stream()
                                    .noneMatch(c -> c.id().equals("plugin:bye")));
            hears.ping();
        }
    }

    @Test
    void a_second_connect_ends_the_connection() throws Exception {
        String secret = house.processes.start("plugin:twice", Reach.PLUGIN, TopicRights.NONE);
        for (String other : List.of("plugin:twice", "plugin:real")) {
            try (RawClient client = new RawClient(house)) {
                client.connect("plugin:twice", secret);
                assertThat(client.isEndedBy(connectPacket(other, other, secret))).isTrue();
            }
        }
        othersGoOn();
    }

    /** MQTT 5 gets its own refusal; 3.1 and what does not exist that of 3.1.1. */
    @Test
    void another_version_is_refused_in_its_own_words() throws Exception {
        try (RawClient client = new RawClient(house)) {
            client.send(
                    packet(
                            0x10,
                            text("MQTT"),
                            new byte[] {5, 2},
                            u16(60),
                            new byte[] {0},
                            text("plugin:a")));
            RawClient.Packet answer = client.read();
            assertThat(answer.type()).isEqualTo(2);
            assertThat(answer.body()).startsWith(0, 0x84);
            assertThat(client.isEnded()).isTrue();
        }
        assertThat(code(connect("MQIsdp", 3, 2, text("abc")))).isEqualTo(BAD_PROTOCOL);
        assertThat(code(connect("MQTT", 6, 2, text("abc")))).isEqualTo(BAD_PROTOCOL);
    }

    @Test
    void a_session_that_should_last_is_served_as_a_clean_one() throws Exception {
        String secret =
                house.processes.start(
                        "plugin:lasting", Reach.PLUGIN, new TopicRights(List.of(), List.of("l/#")));
        byte[] connect =
                connect(
                        "MQTT",
                        4,
                        0xc0,
                        text("plugin:lasting"),
                        text("plugin:lasting"),
                        text(secret));
        for (int i = 0; i < 2; i++) {
            try (RawClient client = new RawClient(house)) {
                client.send(connect);
                // Never "session present".
                assertThat(client.read().body()).containsExactly(0, 0);
                if (i == 0) {
                    client.subscribe(1, "l/x", 1);
                }
                int from = i;
                TestHouse.await(
                        "its own view",
                        () ->
                                house.house.clients().stream()
                                        .filter(c -> c.id().equals("plugin:lasting"))
                                        .anyMatch(c -> c.subscriptions().size() == 1 - from));
            }
        }
    }

    @Test
    void what_comes_before_the_answer_to_a_connect_is_handled_after_it() throws Exception {
        String secret =
                house.processes.start(
                        "plugin:eager", Reach.PLUGIN, new TopicRights(List.of("e"), List.of("e")));
        try (RawClient client = new RawClient(house)) {
            client.send(
                    joined(
                            connectPacket("plugin:eager", "plugin:eager", secret),
                            packet(0x82, u16(1), text("e"), new byte[] {0}),
                            publish("e", 1, 2, new byte[] {7}, false)));
            assertThat(client.read().type()).isEqualTo(2);
            assertThat(client.read().type()).isEqualTo(9);
            assertThat(List.of(client.read().type(), client.read().type()))
                    .containsExactlyInAnyOrder(3, 4);
        }
    }

    /** Members: other first packets, serialised objects, HTTP, a packet that never ends. */
    @Test
    void ab_73_bytes_that_are_no_connect_end_the_connection_and_nothing_else() throws Exception {
        ByteArrayOutputStream object = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(object)) {
            out.writeObject(new ArrayList<>(List.of("gadget")));
        }
        for (byte[] bytes :
                List.of(
                        object.toByteArray(),
                        "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
                                .getBytes(StandardCharsets.UTF_8),
                        new byte[] {(byte) 0xc0, 0},
                        new byte[] {0, 0},
                        publish("a", 0, 0, new byte[1], false),
                        new byte[] {0x10, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff},
                        joined(
                                new byte[] {0x10, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x7f},
                                new byte[40_000]),
                        packet(0x10, new byte[20_000]))) {
            try (RawClient client = new RawClient(house)) {
                assertThat(client.isEndedBy(bytes)).isTrue();
            }
        }
        othersGoOn();
    }

    @Test
    void without_tls_or_with_an_old_one_there_is_nothing_to_talk_to() throws Exception {
        try (Socket plain = new Socket("localhost", house.port())) {
            plain.setSoTimeout(60_000);
            plain.getOutputStream().write(connect("MQTT", 4, 2, text("plugin:a")));
            plain.getOutputStream().flush();
            // An alert of TLS at most, then the end.
            assertThat(untilTheEnd(plain)).isLessThan(16);
        }
        for (String version : List.of("TLSv1.2", "TLSv1.3")) {
            try (RawClient client = new RawClient(house)) {
                client.socket().setEnabledProtocols(new String[] {version});
                client.socket().startHandshake();
                assertThat(client.socket().getSession().getCipherSuite()).matches(".*(GCM|POLY).*");
            }
        }
        try (RawClient client = new RawClient(house)) {
            client.socket().setEnabledProtocols(new String[] {"TLSv1.2"});
            client.socket()
                    .setEnabledCipherSuites(
                            new String[] {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"});
            assertThatThrownBy(() -> client.socket().startHandshake())
                    .isInstanceOf(IOException.class);
        }
        othersGoOn();
    }

    /** How many bytes come before the end, which may be a hard one. */
    private static int untilTheEnd(Socket socket) throws IOException {
        int count = 0;
        try {
            while (socket.getInputStream().read() >= 0) {
                count++;
            }
        } catch (java.net.SocketException e) {
            // A reset, for what was sent and not read any more.
            return count;
        }
        return count;
    }

    @Test
    void beyond_128_clients_the_next_is_refused_and_those_who_are_there_stay() throws Exception {
        List<RawClient> all = new ArrayList<>();
        try (TestHouse full = new TestHouse()) {
            for (int i = 0; i < 128; i++) {
                all.add(full.raw("plugin:p" + i, List.of(), List.of()));
            }
            assertThatThrownBy(() -> full.raw("plugin:more", List.of(), List.of()))
                    .hasMessage("refused: 3");
            for (RawClient client : all) {
                client.ping();
            }
            all.get(0).close();
            TestHouse.await("room", () -> full.house.clients().size() == 127);
            full.raw("plugin:more", List.of(), List.of()).close();
        }
    }
}
