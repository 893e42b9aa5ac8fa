package io.kepm.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.trust.Launches.Reach;
import io.kepm.api.trust.TopicRights;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Packets that are nearly right, before and after a CONNECT; for {@code kepm.fuzz.seconds}. Another
 * client has to go on, and memory has to stay flat.
 */
class BrokerFuzzTest {

    private static final long SECONDS = Long.getLong("kepm.fuzz.seconds", 20L);

    @Test
    void whatever_bytes_arrive_others_go_on() throws Exception {
        long seed = Long.getLong("kepm.seed", System.nanoTime());
        Random random = new Random(seed);
        long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
        int rounds = 0;
        try (TestHouse house = new TestHouse(Limits.STANDARD.withHandshakes(1, Duration.ZERO));
                RawClient other = house.raw("plugin:calm", List.of("c"), List.of("c"))) {
            // Without acknowledgements: it would be cut for giving none.
            other.subscribe(1, "c", 0);
            String secret =
                    house.processes.start(
                            "plugin:fuzz",
                            Reach.PLUGIN,
                            new TopicRights(List.of("f/#", "KeeperPolicy"), List.of("f/#")));
            while (System.nanoTime() < end) {
                try (RawClient client = new RawClient(house)) {
                    boolean admitted = random.nextInt(4) != 0;
                    if (admitted) {
                        client.connect("plugin:fuzz", secret);
                    }
                    for (int i = 0; i < 30; i++) {
                        client.send(mutated(random, secret));
                    }
                } catch (IOException e) {
                    // Ended by the broker, as it should.
                }
                rounds++;
                if (rounds % 10 == 0) {
                    other.send(RawClient.publish("c", 1, 1, new byte[] {1}, false));
                    int first = other.read().type();
                    int second = other.read().type();
                    assertThat(List.of(first, second))
                            .as("seed " + seed)
                            .containsExactlyInAnyOrder(3, 4);
                }
                TestHouse.await(
                        "it to be gone",
                        () ->
                                house.house.clients().stream()
                                        .noneMatch(c -> c.id().equals("plugin:fuzz")));
            }
            assertThat(house.house.clients()).hasSize(1);
        }
        assertThat(rounds).isPositive();
    }

    private static byte[] mutated(Random random, String secret) {
        byte[] packet =
                switch (random.nextInt(7)) {
                    case 0 -> RawClient.connectPacket("plugin:fuzz", "plugin:fuzz", secret);
                    case 1 ->
                            RawClient.packet(
                                    0x82,
                                    RawClient.u16(random.nextInt(65_536)),
                                    RawClient.text("f/#"),
                                    new byte[] {(byte) random.nextInt(4)});
                    case 2 -> RawClient.packet(0xa2, RawClient.u16(3), RawClient.text("f/#"));
                    case 3 ->
                            RawClient.packet(
                                    random.nextInt(256), RawClient.u16(random.nextInt(65_536)));
                    case 4 ->
                            RawClient.publish(
                                    "KeeperPolicy",
                                    1,
                                    random.nextInt(65_536),
                                    "{\"correlationId\":\"1\"}"
                                            .getBytes(java.nio.charset.StandardCharsets.UTF_8),
                                    false);
                    default ->
                            RawClient.publish(
                                    "f/" + random.nextInt(9),
                                    random.nextInt(3),
                                    1 + random.nextInt(65_535),
                                    new byte[random.nextInt(5_000)],
                                    random.nextBoolean());
                };
        if (random.nextInt(3) == 0) {
            int flips = 1 + random.nextInt(3);
            for (int i = 0; i < flips; i++) {
                packet[random.nextInt(Math.min(packet.length, 40))] = (byte) random.nextInt(256);
            }
        }
        return packet;
    }
}
