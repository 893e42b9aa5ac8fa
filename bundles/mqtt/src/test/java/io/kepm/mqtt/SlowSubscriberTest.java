package io.kepm.mqtt;

import static io.kepm.mqtt.RawClient.publish;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.junit.jupiter.api.Test;

/** Subscribers that do not keep up (AB-60): they lose their connection, and nobody waits. */
class SlowSubscriberTest {

    private static void assertDropped(TestHouse house, String id) {
        TestHouse.await(
                "the slow one to be gone",
                () -> house.house.clients().stream().noneMatch(c -> c.id().equals(id)));
        assertThat(house.denied(Kind.SLOW)).isPositive();
    }

    /** Member: it reads nothing; large messages fill what the kernel takes, and then 4 MiB. */
    @Test
    void ab_60_a_subscriber_that_reads_nothing_is_cut_at_four_mebibytes() throws Exception {
        try (TestHouse house = new TestHouse();
                RawClient dead = house.raw("plugin:dead", List.of(), List.of("s"));
                MqttClient alive = house.paho("plugin:alive", List.of(), List.of("s"));
                MqttClient fast = house.paho("plugin:fast", List.of("s"), List.of())) {
            dead.subscribe(1, "s", 0);
            Heard heard = new Heard();
            alive.subscribe("s", 1, heard);
            byte[] large = new byte[100_000];
            for (int i = 0; i < 400; i++) {
                fast.publish("s", large, 1, false);
                int published = i + 1;
                TestHouse.await("the living one to have it", () -> heard.count() == published);
            }
            assertDropped(house, "plugin:dead");
            fast.disconnect();
            alive.disconnect();
        }
    }

    /** Member: it reads everything and acknowledges nothing. */
    @Test
    void ab_60_a_subscriber_that_acknowledges_nothing_is_cut_at_a_thousand() throws Exception {
        try (TestHouse house = new TestHouse();
                RawClient mute = house.raw("plugin:mute", List.of(), List.of("s"));
                RawClient fast = house.raw("plugin:fast", List.of("s"), List.of())) {
            mute.subscribe(1, "s", 1);
            for (int i = 0; i < 1_001; i++) {
                fast.send(publish("s", 1, i + 1, new byte[10], false));
                assertThat(fast.read().type()).isEqualTo(4);
            }
            assertDropped(house, "plugin:mute");
            int got = 0;
            try {
                while (mute.read().type() == 3) {
                    got++;
                }
            } catch (java.io.IOException e) {
                // Cut.
            }
            assertThat(got).isEqualTo(1_000);
        }
    }

    /** Member: one message is enough, if it is never acknowledged. */
    @Test
    void ab_60_a_subscriber_without_progress_is_cut_after_a_while() throws Exception {
        Limits hasty = Limits.STANDARD.withStall(Duration.ofSeconds(1));
        try (TestHouse house = new TestHouse(hasty);
                RawClient stuck = house.raw("plugin:stuck", List.of(), List.of("s"));
                RawClient fast = house.raw("plugin:fast", List.of("s"), List.of())) {
            stuck.subscribe(1, "s", 2);
            fast.send(publish("s", 2, 1, new byte[10], false));
            assertThat(fast.read().type()).isEqualTo(5);
            assertDropped(house, "plugin:stuck");
            fast.ping();
        }
    }

    /** Member: the audit goes on when its subscriber hangs. */
    @Test
    void ab_60_the_audit_does_not_wait_for_its_subscriber() throws Exception {
        try (TestHouse house = new TestHouse();
                RawClient dead = house.raw("plugin:dead", List.of(), List.of("AuditMessage"));
                RawClient bad = house.raw("plugin:bad", List.of(), List.of())) {
            assertThat(dead.subscribe(1, "AuditMessage", 1)).isEqualTo(1);
            for (int i = 0; i < 1_500; i++) {
                bad.send(publish("x" + i, 0, 0, new byte[1], false));
            }
            bad.ping();
            TestHouse.await(
                    "all records to be kept or counted", () -> house.audit.drafts.size() >= 1_000);
        }
    }

    private static final class Heard
            implements org.eclipse.paho.client.mqttv3.IMqttMessageListener {
        private final java.util.concurrent.atomic.AtomicInteger count =
                new java.util.concurrent.atomic.AtomicInteger();

        int count() {
            return count.get();
        }

        @Override
        public void messageArrived(
                String topic, org.eclipse.paho.client.mqttv3.MqttMessage message) {
            count.incrementAndGet();
        }
    }
}
