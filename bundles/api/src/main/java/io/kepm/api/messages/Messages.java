package io.kepm.api.messages;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Publishes into the broker from inside. Given to each bundle as an object of its own: what a
 * plugin's bundle may publish is what its document declares in {@code mqttTopics.publish}.
 */
@ProviderType
public interface Messages {

    /**
     * Publishes to whoever is subscribed now; never waits for them.
     *
     * @return false when the caller may not publish there, or the message is longer than 256 KiB;
     *     it is recorded then
     */
    boolean publish(String topic, byte[] payload);
}
