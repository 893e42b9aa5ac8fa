package io.kepm.api.plugins;

import io.kepm.api.health.HealthCheck.Health;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * How the bundle of a plugin says whether it is well; registered as a service by that bundle. One
 * that registers none is well while it is active.
 */
@ConsumerType
public interface PluginHealth {

    /**
     * The state now. Asked every {@code healthCheck.intervalSeconds}, on a thread of its own; an
     * answer that takes longer than {@code healthCheck.timeoutSeconds} counts as unhealthy.
     */
    Health health();
}
