package io.kepm.mqtt;

import io.kepm.api.health.HealthCheck.Health;
import java.util.List;
import java.util.OptionalInt;

/**
 * How the broker is, as words for health.
 *
 * @param open where it listens; empty while it does not
 * @param trouble why it does not; empty before the first attempt
 * @param takenPort the one that somebody else has: any user can do that, and all else goes on
 */
record DoorState(String open, String trouble, OptionalInt takenPort) {

    static final DoorState WAITING = new DoorState("", "", OptionalInt.empty());

    static DoorState open(String place) {
        return new DoorState(place, "", OptionalInt.empty());
    }

    static DoorState shut(String trouble) {
        return new DoorState("", trouble, OptionalInt.empty());
    }

    static DoorState taken(String trouble, int port) {
        return new DoorState("", trouble, OptionalInt.of(port));
    }

    Health health(boolean registryLost, List<String> slowListeners) {
        if (!trouble.isEmpty()) {
            String detail = "the broker is not open: " + trouble;
            return takenPort.isPresent()
                    ? Health.degraded(
                            detail,
                            "see as root who is there with `ss -lptn 'sport = :"
                                    + takenPort.getAsInt()
                                    + "'`, and stop that process: the broker opens by itself then")
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
