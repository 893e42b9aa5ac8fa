package io.kepm.mqtt;

import java.time.Duration;

/**
 * The bounds of the broker (api-mqtt.md §5); constants, but for tests and benchmarks.
 *
 * @param clients connected at once
 * @param pending connections that have not been admitted; with one more, one goes: see {@link
 *     Doorstep}
 * @param handshakes that a user who was quiet may begin at once
 * @param handshake the time between those of one who was not
 * @param admission how long a connection may take to be admitted, TLS included
 * @param firstBytes decrypted bytes a connection may send before it is admitted
 * @param payload bytes of one message
 * @param subscriptions of one client
 * @param exactlyOnce messages of QoS 2 a client may have begun and not ended
 * @param outstanding messages handed to a client and not yet written (QoS 0) or acknowledged
 * @param outstandingBytes the same in bytes
 * @param stall how long something may be outstanding without any progress
 * @param packets a client may send a second, on average; beyond, its connection is not read for a
 *     while
 * @param bytes the same in bytes of messages
 * @param waiting messages from inside that wait for the broker
 * @param waitingBytes the same in bytes
 */
record Limits(
        int clients,
        int pending,
        int handshakes,
        Duration handshake,
        Duration admission,
        int firstBytes,
        int payload,
        int subscriptions,
        int exactlyOnce,
        int outstanding,
        long outstandingBytes,
        Duration stall,
        int packets,
        long bytes,
        int waiting,
        long waitingBytes) {

    static final Limits STANDARD =
            new Limits(
                    128,
                    64,
                    32,
                    Duration.ofMillis(100),
                    Duration.ofSeconds(10),
                    16 << 10,
                    256 << 10,
                    100,
                    1_000,
                    1_000,
                    4L << 20,
                    Duration.ofSeconds(10),
                    2_000,
                    8L << 20,
                    10_000,
                    8L << 20);

    /** Levels of a topic or a filter. */
    static final int LEVELS = 16;

    /** Bytes of a topic, a filter or a client id in UTF-8. */
    static final int NAME_BYTES = 1_024;

    Limits withPace(int packets, long bytes) {
        return new Limits(
                clients,
                pending,
                handshakes,
                handshake,
                admission,
                firstBytes,
                payload,
                subscriptions,
                exactlyOnce,
                outstanding,
                outstandingBytes,
                stall,
                packets,
                bytes,
                waiting,
                waitingBytes);
    }

    Limits withHandshakes(int handshakes, Duration handshake) {
        return new Limits(
                clients,
                pending,
                handshakes,
                handshake,
                admission,
                firstBytes,
                payload,
                subscriptions,
                exactlyOnce,
                outstanding,
                outstandingBytes,
                stall,
                packets,
                bytes,
                waiting,
                waitingBytes);
    }

    Limits withTimes(Duration admission, Duration stall) {
        return new Limits(
                clients,
                pending,
                handshakes,
                handshake,
                admission,
                firstBytes,
                payload,
                subscriptions,
                exactlyOnce,
                outstanding,
                outstandingBytes,
                stall,
                packets,
                bytes,
                waiting,
                waitingBytes);
    }

    Limits withOutstanding(int messages, long bytes) {
        return new Limits(
                clients,
                pending,
                handshakes,
                handshake,
                admission,
                firstBytes,
                payload,
                subscriptions,
                exactlyOnce,
                messages,
                bytes,
                stall,
                packets,
                this.bytes,
                waiting,
                waitingBytes);
    }
}
