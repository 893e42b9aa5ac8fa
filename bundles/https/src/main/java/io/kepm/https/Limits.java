package io.kepm.https;

import java.time.Duration;

/**
 * How much of everything a caller may take; tests turn them down.
 *
 * @param bodyBytes of one body, on routes of administrators
 * @param userBodyBytes of one body, on all other routes
 * @param bodies bytes of all bodies between announcement and answer
 * @param places requests that are served at once
 * @param handshake the time between two connections over TCP of a user who has had as many at once
 *     as one may have
 * @param retry how long a door that could not be opened waits
 */
record Limits(
        int bodyBytes,
        int userBodyBytes,
        int headerBytes,
        int headers,
        int connections,
        int connectionsPerUser,
        Duration handshake,
        Shares.Bounds bodies,
        Shares.Bounds places,
        Duration slowHeaders,
        Duration slowBody,
        Duration idle,
        Duration retry) {

    static final Limits STANDARD =
            new Limits(
                    1 << 20,
                    128 << 10,
                    16 << 10,
                    100,
                    256,
                    32,
                    Duration.ofMillis(100),
                    new Shares.Bounds(12 << 20, 8 << 20, 1 << 20, 4 << 20),
                    new Shares.Bounds(100, 92, 16, 100),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(10));
}
