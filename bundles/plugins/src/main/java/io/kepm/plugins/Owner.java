package io.kepm.plugins;

import io.kepm.api.linux.LaunchOrder.LaunchUser;
import io.kepm.api.trust.Launches.Reach;
import java.util.Map;

/**
 * As whom the process of a plugin runs.
 *
 * @param environment all of its variables
 * @param reach how far its rights go: what a user could debug never has more than that user's
 */
record Owner(LaunchUser user, Map<String, String> environment, Reach reach) {

    Owner {
        environment = Map.copyOf(environment);
    }
}
