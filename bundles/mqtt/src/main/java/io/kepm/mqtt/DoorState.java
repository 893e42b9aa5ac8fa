package io.kepm.mqtt;

import io.kepm.api.health.HealthCheck.Health;
import java.util.List;

/**
 * How the broker is, as words for health.
 *
 * @param open where it listens; empty while it does not
 * @param trouble why it does not; empty before the first attempt
 */
record DoorState(String open, String trouble) {

    static final DoorState WAITING = new DoorState("", "");

    Health health(boolean registryLost, List<String> slowListeners) {
        if (!trouble.isEmpty()) {
            return Health.unhealthy(
                    "the broker is not open: " + trouble,
                    "see who is there with `ss -lptn`, and the agent's log");
        }
        if (open.isEmpty()) {
            return Health.healthy("the broker opens once the certificate is made");
        }
        if (registryLost) {
            return Health.degraded(
                    "the registry of launched processes went away: nobody can connect",
                    "see the agent's log, then restart the agent");
        }
        if (!slowListeners.isEmpty()) {
            return Health.degraded(
                    "messages were lost by listeners that were too slow: "
                            + String.join(", ", slowListeners),
                    "see the agent's log for what they wait for");
        }
        return Health.healthy("open on " + open);
    }
}
