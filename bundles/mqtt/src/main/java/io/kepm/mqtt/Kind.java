package io.kepm.mqtt;

import java.util.Locale;

/** What was denied, or ended; the words of records, metrics and {@code kepm mqtt denials}. */
enum Kind {
    /** A connection that was not let in: too many of one user, or too fast. */
    CONNECTION,
    /** A CONNECT. */
    CONNECT,
    PUBLISH,
    SUBSCRIBE,
    WILL,
    /** What is no MQTT 3.1.1, or not at this moment. */
    PROTOCOL,
    /** A payload that is not what its topic asks for. */
    PAYLOAD,
    /** A subscriber that did not keep up. */
    SLOW,
    /** The process behind a connection ended, or is another one. */
    ENDED;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
