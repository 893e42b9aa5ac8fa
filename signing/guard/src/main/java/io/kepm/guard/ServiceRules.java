package io.kepm.guard;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which services a bundle that is not shipped may offer: the agent takes its own from its own
 * bundles alone, whatever ranking somebody else's has.
 */
public final class ServiceRules {

    /** What is there to be implemented by plugins. */
    private static final Set<String> FOR_PLUGINS =
            Set.of("io.kepm.api.messages.MessageListener", "io.kepm.api.plugins.PluginHealth");

    private static final List<String> RESERVED =
            List.of(
                    "io.kepm.",
                    "java.",
                    "javax.",
                    "org.apache.felix.",
                    "org.apache.karaf.",
                    "org.jline.",
                    "org.ops4j.",
                    "org.osgi.framework.",
                    "org.osgi.service.");

    private ServiceRules() {}

    /** What is wrong with offering these. */
    public static Optional<String> fault(String[] names) {
        for (String name : names) {
            if (!FOR_PLUGINS.contains(name) && RESERVED.stream().anyMatch(name::startsWith)) {
                return Optional.of(
                        "it would offer `" + name + "`, a service of the agent or the platform");
            }
        }
        return Optional.empty();
    }
}
