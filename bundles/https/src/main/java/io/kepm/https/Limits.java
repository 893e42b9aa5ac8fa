package io.kepm.https;

import java.time.Duration;

/**
 * How much of everything a caller may take; tests turn them down.
 *
 * @param retry how long a door that could not be opened waits
 */
record Limits(
        int bodyBytes,
        int headerBytes,
        int headers,
        int connections,
        int connectionsPerUser,
        int inFlight,
        Duration slowHeaders,
        Duration slowBody,
        Duration idle,
        Duration retry) {

    static final Limits STANDARD =
            new Limits(
                    1 << 20,
                    16 << 10,
                    100,
                    256,
                    32,
                    100,
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(10));
}
