package io.kepm.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAckReasonCode;
import io.kepm.api.trust.Launches.Reach;
import io.kepm.api.trust.TopicRights;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that others wrote, each in its usual way. */
class ClientsTest {

    private static TestHouse house;
    @TempDir Path folder;

    @BeforeAll
    static void open() {
        house = new TestHouse();
    }

    @AfterAll
    static void close() {
        house.close();
    }

    @Test
    void the_hivemq_client_publishes_and_hears() throws Exception {
        String secret =
                house.processes.start(
                        "plugin:hive", Reach.PLUGIN, new TopicRights(List.of("h"), List.of("h")));
        Mqtt3BlockingClient client =
                MqttClient.builder()
                        .useMqttVersion3()
                        .identifier("plugin:hive")
                        .serverHost("localhost")
                        .serverPort(house.port())
                        .sslConfig()
                        .trustManagerFactory(TestHouse.CERTIFICATE.trust())
                        .handshakeTimeout(60, TimeUnit.SECONDS)
                        .applySslConfig()
                        .simpleAuth()
                        .username("plugin:hive")
                        .password(secret.getBytes(StandardCharsets.UTF_8))
                        .applySimpleAuth()
                        .buildBlocking();
        client.connect();
        try (var heard = client.publishes(MqttGlobalPublishFilter.SUBSCRIBED)) {
            client.subscribeWith().topicFilter("h").qos(MqttQos.EXACTLY_ONCE).send();
            for (MqttQos qos : MqttQos.values()) {
                client.publishWith().topic("h").qos(qos).payload(new byte[] {7}).send();
                assertThat(heard.receive(60, TimeUnit.SECONDS))
                        .hasValueSatisfying(message -> assertThat(message.getQos()).isEqualTo(qos));
            }
        }
        client.disconnect();
    }

    @Test
    void a_client_of_mqtt_5_understands_why_it_is_refused() {
        Mqtt5BlockingClient client =
                MqttClient.builder()
                        .useMqttVersion5()
                        .identifier("plugin:five")
                        .serverHost("localhost")
                        .serverPort(house.port())
                        .sslConfig()
                        .trustManagerFactory(TestHouse.CERTIFICATE.trust())
                        .handshakeTimeout(60, TimeUnit.SECONDS)
                        .applySslConfig()
                        .buildBlocking();
        try {
            client.connect();
            throw new AssertionError("it was let in");
        } catch (Mqtt5ConnAckException e) {
            assertThat(e.getMqttMessage().getReasonCode())
                    .isEqualTo(Mqtt5ConnAckReasonCode.UNSUPPORTED_PROTOCOL_VERSION);
        }
    }

    /** As the page for authors of plugins shows it: nothing but Python's own library. */
    @Test
    void a_script_of_python_asks_policy() throws Exception {
        String secret =
                house.processes.start(
                        "plugin:py",
                        Reach.PLUGIN,
                        new TopicRights(List.of("KeeperPolicy"), List.of()));
        Process process =
                new ProcessBuilder(
                                "python3",
                                "../../itests/src/test/resources/ask_by_broker.py",
                                Integer.toString(house.port()),
                                TestHouse.CERTIFICATE.pem(folder).toString(),
                                "plugin:py")
                        .redirectErrorStream(true)
                        .start();
        process.getOutputStream().write((secret + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        assertThat(said).contains("\"decision\":\"DENY\"");
    }

    @Test
    void mosquitto_publishes_and_hears() throws Exception {
        assumeTrue(
                Stream.of("mosquitto_pub", "mosquitto_sub")
                        .allMatch(each -> Files.isExecutable(Path.of("/usr/bin", each))),
                "mosquitto is not installed");
        String says =
                house.processes.start(
                        "plugin:pub", Reach.PLUGIN, new TopicRights(List.of("m/#"), List.of()));
        String hears =
                house.processes.start(
                        "plugin:sub", Reach.PLUGIN, new TopicRights(List.of(), List.of("m/#")));
        Process sub =
                mosquitto(
                        "mosquitto_sub",
                        "plugin:sub",
                        hears,
                        "-t",
                        "m/#",
                        "-q",
                        "2",
                        "-C",
                        "3",
                        "-F",
                        "%t %q %r %p");
        TestHouse.await(
                "its subscription",
                () ->
                        house.house.clients().stream()
                                .anyMatch(client -> client.subscriptions().contains("m/#")));
        for (int qos = 0; qos < 3; qos++) {
            Process pub =
                    mosquitto(
                            "mosquitto_pub",
                            "plugin:pub",
                            says,
                            "-t",
                            "m/x",
                            "-q",
                            Integer.toString(qos),
                            "-r",
                            "-m",
                            "hello");
            assertThat(pub.waitFor()).as(output(pub)).isZero();
        }
        assertThat(output(sub)).isEqualTo("m/x 0 0 hello\nm/x 1 0 hello\nm/x 2 0 hello\n");
        assertThat(sub.waitFor()).isZero();
    }

    private Process mosquitto(String program, String id, String secret, String... more)
            throws Exception {
        List<String> command =
                new java.util.ArrayList<>(
                        List.of(
                                program,
                                "-h",
                                "localhost",
                                "-p",
                                Integer.toString(house.port()),
                                "--cafile",
                                TestHouse.CERTIFICATE.pem(folder).toString(),
                                "-V",
                                "mqttv311",
                                "-i",
                                id,
                                "-u",
                                id,
                                "-P",
                                secret));
        command.addAll(List.of(more));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static String output(Process process) throws Exception {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
