package io.kepm.plugins;

import io.kepm.api.plugins.PluginStatus;
import java.util.List;
import java.util.Optional;

/** The parts of the agent itself, as the list of plugins shows them. */
interface OwnParts {

    List<PluginStatus> list();

    default Optional<PluginStatus> find(String id) {
        return list().stream().filter(part -> part.id().equals(id)).findFirst();
    }

    /** Stops and starts one part and nothing else; why that was not done, or empty. */
    Optional<String> restart(String id);
}
