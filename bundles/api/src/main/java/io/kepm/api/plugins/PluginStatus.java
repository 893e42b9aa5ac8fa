package io.kepm.api.plugins;

import java.time.Instant;
import java.util.Optional;

/**
 * One plugin now.
 *
 * @param kind {@code Service}, {@code Executable}, or {@code Agent} for a part of the agent itself
 * @param version empty when it is not known
 * @param processId of an {@code Executable} that runs; 0 otherwise
 * @param started when it last began to run
 * @param restarts how often it was started again by itself within the window of its document
 * @param lastError why it is not healthy, or was not the last time; empty when it never was
 * @param detail what it says of itself, by its health or its answer to a ping, when it was last
 *     asked; one line, empty when it says nothing or does not run
 * @param signer thumbprint of who signed it; empty for a part of the agent
 * @param monitored whether its health counts in the health of the agent
 */
public record PluginStatus(
        String id,
        String name,
        String kind,
        String version,
        PluginState state,
        int processId,
        Optional<Instant> started,
        int restarts,
        String lastError,
        String detail,
        String signer,
        boolean monitored) {
    /** Of a plugin whose document or files can't be used. */
    public static PluginStatus unusable(String id, String fault) {
        return new PluginStatus(
                id, id, "", "", PluginState.FAILED, 0, Optional.empty(), 0, fault, "", "", true);
    }
}
