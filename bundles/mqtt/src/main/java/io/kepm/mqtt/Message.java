package io.kepm.mqtt;

import java.nio.charset.StandardCharsets;

/**
 * One message on its way; the bytes are shared by all who get it and never changed.
 *
 * @param qos as it was published
 */
record Message(Topic topic, byte[] payload, int qos) {

    /** What it takes in memory and on the wire, about. */
    int size() {
        return payload.length + topic.text().length() + 16;
    }

    static Message of(String topic, String payload) {
        return new Message(Topic.of(topic), payload.getBytes(StandardCharsets.UTF_8), 1);
    }
}
