package io.kepm.mqtt;

import static io.kepm.mqtt.RawClient.publish;
import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditType;
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

    /** Member: it acknowledges now and then, so that it never stands still. */
    @Test
    void ab_60_one_that_takes_a_trickle_of_the_audit_does_not_hold_it_up_for_others()
            throws Exception {
        Limits hasty = TestHouse.PATIENT.withStall(Duration.ofSeconds(3));
        try (TestHouse house = new TestHouse(hasty);
                RawClient trickle =
                        house.raw("plugin:trickle", List.of(), List.of("AuditMessage"));
                MqttClient fast = house.paho("plugin:fast", List.of(), List.of("AuditMessage"))) {
            assertThat(trickle.subscribe(1, "AuditMessage", 1)).isEqualTo(1);
            Heard heard = new Heard();
            fast.subscribe("AuditMessage", 1, heard);
            Thread sip = new Thread(() -> sip(trickle), "trickle");
            sip.start();
            for (int i = 0; i < 2_000; i++) {
                house.audit.append(AuditDraft.of(AuditType.JOB_RUN, "OK").build());
            }
            TestHouse.await("the fast one to have all", () -> heard.count() >= 2_000);
            assertDropped(house, "plugin:trickle");
            assertThat(house.house.denials())
                    .filteredOn(denial -> denial.kind().equals(Kind.SLOW.toString()))
                    .singleElement()
                    .satisfies(denial -> assertThat(denial.reason()).contains("others waited"));
            sip.join();
            fast.disconnect();
        }
    }

    /** Acknowledges one message in half a second, until it is cut. */
    private static void sip(RawClient client) {
        try {
            while (true) {
                RawClient.Packet packet = client.read();
                byte[] body = packet.body();
                int topic = (body[0] & 0xff) << 8 | body[1] & 0xff;
                client.send(RawClient.packet(0x40, new byte[] {body[2 + topic], body[3 + topic]}));
                Thread.sleep(500);
            }
        } catch (java.io.IOException e) {
            // Cut.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
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
