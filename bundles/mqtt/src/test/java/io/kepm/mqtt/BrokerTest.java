package io.kepm.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.audit.AuditType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What decent clients do, by Paho over TLS. */
class BrokerTest {

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

    @Test
    void what_one_publishes_the_other_hears_at_each_level_of_service() throws Exception {
        try (MqttClient hears = house.paho("plugin:hears", List.of(), List.of("news/#"));
                MqttClient says = house.paho("plugin:says", List.of("news/+"), List.of())) {
            BlockingQueue<String> heard = new LinkedBlockingQueue<>();
            hears.subscribe(
                    "news/+",
                    2,
                    (topic, message) ->
                            heard.add(
                                    topic
                                            + " "
                                            + message.getQos()
                                            + " "
                                            + message.isRetained()
                                            + " "
                                            + new String(
                                                    message.getPayload(), StandardCharsets.UTF_8)));
            for (int qos = 0; qos < 3; qos++) {
                says.publish("news/today", bytes("q" + qos), qos, true);
                assertThat(heard.poll(60, TimeUnit.SECONDS))
                        .isEqualTo("news/today " + qos + " false q" + qos);
            }
            hears.disconnect();
            says.disconnect();
        }
    }

    @Test
    void a_denied_publish_is_acknowledged_and_dropped_and_the_connection_stays() throws Exception {
        try (MqttClient hears = house.paho("plugin:other", List.of(), List.of("x/#"));
                MqttClient says = house.paho("plugin:bad", List.of("x/mine"), List.of())) {
            BlockingQueue<String> heard = new LinkedBlockingQueue<>();
            hears.subscribe("x/#", 1, (topic, message) -> heard.add(topic));
            says.publish("x/theirs", bytes("no"), 1, false);
            says.publish("x/theirs", bytes("no"), 2, false);
            says.publish("x/mine", bytes("yes"), 1, false);
            assertThat(heard.poll(60, TimeUnit.SECONDS)).isEqualTo("x/mine");
            assertThat(heard).isEmpty();
            assertThat(house.house.denials().get(0))
                    .satisfies(
                            denial -> {
                                assertThat(denial.client()).isEqualTo("plugin:bad");
                                assertThat(denial.what()).isEqualTo("x/theirs");
                                assertThat(denial.kind()).isEqualTo("publish");
                                assertThat(denial.count()).isEqualTo(2);
                            });
            TestHouse.await(
                    "the records",
                    () ->
                            house.audit.drafts.stream()
                                            .filter(
                                                    draft ->
                                                            "x/theirs"
                                                                    .equals(
                                                                            draft.details()
                                                                                    .get("topic")))
                                            .count()
                                    == 2);
            hears.disconnect();
            says.disconnect();
        }
    }

    @Test
    void a_denied_subscription_fails_alone() throws Exception {
        try (MqttClient client = house.paho("plugin:subs", List.of(), List.of("a/+"))) {
            for (String filter : List.of("#", "+/#", "$SYS/#", "b", "a/#", "a/+/c")) {
                assertThatThrownBy(() -> client.subscribe(filter, 1))
                        .as(filter)
                        .isInstanceOf(MqttException.class);
            }
            client.subscribe("a/b", 1);
            client.subscribe("a/+", 1);
            assertThat(client.isConnected()).isTrue();
            client.disconnect();
        }
    }

    @Test
    void who_is_connected_can_be_seen() throws Exception {
        try (MqttClient client = house.paho("job:backup:r1", List.of("j"), List.of("k"))) {
            client.subscribe("k", 0);
            client.publish("j", bytes("x"), 1, false);
            assertThat(house.house.clients())
                    .filteredOn(seen -> seen.id().equals("job:backup:r1"))
                    .singleElement()
                    .satisfies(
                            seen -> {
                                assertThat(seen.subscriptions()).containsExactly("k");
                                assertThat(seen.published()).isEqualTo(1);
                                assertThat(seen.uid()).isEqualTo(4711);
                                assertThat(seen.outstanding()).isZero();
                            });
            client.disconnect();
        }
        TestHouse.await(
                "it to be gone",
                () ->
                        house.house.clients().stream()
                                .noneMatch(seen -> seen.id().equals("job:backup:r1")));
    }

    @Test
    void the_end_of_the_process_closes_its_connection() throws Exception {
        try (MqttClient client = house.paho("plugin:short", List.of(), List.of())) {
            house.processes.end("plugin:short");
            TestHouse.await("the end of its connection", () -> !client.isConnected());
        }
        assertThat(house.denied(Kind.ENDED)).isPositive();
        TestHouse.await(
                "its record",
                () ->
                        house.audit.drafts.stream()
                                .anyMatch(
                                        draft ->
                                                draft.type()
                                                                == AuditType
                                                                        .PROCESS_AUTHENTICATION_FAILED
                                                        && draft.reason().contains("has ended")));
    }
}
