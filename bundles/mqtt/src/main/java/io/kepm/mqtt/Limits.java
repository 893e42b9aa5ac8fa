package io.kepm.mqtt;

import java.time.Duration;

/**
 * The bounds of the broker (api-mqtt.md §5); constants, but for tests and benchmarks.
 *
 * @param clients connected at once
 * @param payload bytes of one message
 * @param subscriptions of one client
 * @param exactlyOnce messages of QoS 2 a client may have begun and not ended
 * @param outstanding handed to a client and not yet written (QoS 0) or acknowledged
 * @param waiting from inside, for the broker
 */
record Limits(
        int clients,
        int payload,
        int subscriptions,
        int exactlyOnce,
        Coming coming,
        Rate rate,
        Outstanding outstanding,
        Waiting waiting) {

    static final Limits STANDARD =
            new Limits(
                    128,
                    256 << 10,
                    100,
                    1_000,
                    new Coming(64, 32, Duration.ofMillis(100), Duration.ofSeconds(10), 16 << 10),
                    new Rate(2_000, 8L << 20),
                    new Outstanding(1_000, 4L << 20, Duration.ofSeconds(10)),
                    new Waiting(10_000, 8L << 20));

    /** Levels of a topic or a filter. */
    static final int LEVELS = 16;

    /** Bytes of a topic, a filter or a client id in UTF-8. */
    static final int NAME_BYTES = 1_024;

    /**
     * Of connections that are not admitted yet.
     *
     * @param pending at once; with one more, one goes: see {@link Doorstep}
     * @param handshakes that a user who was quiet may begin at once
     * @param handshake the time between those of one who was not
     * @param admission how long it may take, TLS included
     * @param firstBytes decrypted bytes that one may send before
     */
    record Coming(
            int pending, int handshakes, Duration handshake, Duration admission, int firstBytes) {}

    /**
     * What a client may send a second, on average; beyond, its connection is not read for a while.
     *
     * @param bytes of messages
     */
    record Rate(int packets, long bytes) {}

    /**
     * Of one client.
     *
     * @param stall how long there may be something without any progress
     */
    record Outstanding(int messages, long bytes, Duration stall) {}

    /** Of all together. */
    record Waiting(int messages, long bytes) {}

    Limits withHandshakes(int atOnce, Duration each) {
        return with(
                new Coming(coming.pending, atOnce, each, coming.admission, coming.firstBytes),
                rate,
                outstanding);
    }

    Limits withAdmission(Duration longest) {
        return with(
                new Coming(
                        coming.pending,
                        coming.handshakes,
                        coming.handshake,
                        longest,
                        coming.firstBytes),
                rate,
                outstanding);
    }

    Limits withRate(int packets, long bytes) {
        return with(coming, new Rate(packets, bytes), outstanding);
    }

    Limits withStall(Duration longest) {
        return with(
                coming, rate, new Outstanding(outstanding.messages, outstanding.bytes, longest));
    }

    private Limits with(Coming first, Rate second, Outstanding third) {
        return new Limits(
                clients, payload, subscriptions, exactlyOnce, first, second, third, waiting);
    }
}
