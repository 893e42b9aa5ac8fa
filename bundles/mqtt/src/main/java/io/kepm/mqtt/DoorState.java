package io.kepm.mqtt;

import io.kepm.api.health.HealthCheck.Health;
import java.util.List;

/**
 * How the broker is, as words for health.
 *
 * @param open where it listens; empty while it does not
 * @param trouble why it does not; empty before the first attempt
 * @param isTaken whether somebody else has its place: any user can do that, and all else goes on
 */
record DoorState(String open, String trouble, boolean isTaken) {

    static final DoorState WAITING = new DoorState("", "", false);

    Health health(boolean registryLost, List<String> slowListeners) {
        if (!trouble.isEmpty()) {
            String detail = "the broker is not open: " + trouble;
            return isTaken
                    ? Health.degraded(
                            detail, "see who is there with `ss -lptn`, and stop that process")
                    : Health.unhealthy(detail, "see the agent's log, then restart the agent");
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
