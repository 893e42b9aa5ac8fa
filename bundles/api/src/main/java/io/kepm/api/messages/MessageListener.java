package io.kepm.api.messages;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Hears what is published. Registered as a service; a plugin's listener hears what its document
 * declares in {@code mqttTopics.subscribe}, the answers to itself, and nothing else.
 */
@ConsumerType
public interface MessageListener {

    /** Service property: topic filters to hear (String[]). */
    String TOPICS = "kepm.topics";

    /**
     * Called on a thread of the broker's own for each listener, in order; a slow one loses the
     * messages beyond 1,000 that wait, and is told to health.
     *
     * @param payload not to be changed
     */
    void heard(String topic, byte[] payload);
}
