package io.kepm.api.messages;

import java.io.IOException;
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
     * @return false when the caller may not publish there, the message is longer than 256 KiB or
     *     not what its topic asks for; it is recorded then
     */
    boolean publish(String topic, byte[] payload);

    /**
     * Lends the identity of the plugin to a client of its own, such as one of MQTT that others
     * wrote. It may say and hear what the plugin's document declares now, and is good for
     * connections of the agent's own process until it is given back or the bundle stops.
     *
     * @throws IOException for a bundle that is no plugin's, or while it is lent already
     */
    default Login login() throws IOException {
        throw new IOException("nobody here lends an identity");
    }
}
