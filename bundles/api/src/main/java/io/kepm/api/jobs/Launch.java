package io.kepm.api.jobs;

import java.util.Map;
import java.util.Optional;

/**
 * What a plugin asks to be launched: a job whose document says that it may.
 *
 * @param plugin its client id, such as {@code plugin:ID}, as it has proved it
 * @param user as whom; empty for whoever is logged in
 * @param request id of the request that it is for, for its record and its context; may be empty
 * @param parameters by name: texts, numbers, booleans
 */
public record Launch(
        String plugin, Optional<User> user, String request, Map<String, Object> parameters) {
    public Launch {
        parameters = Map.copyOf(parameters);
    }

    /** An account of this machine that is not root. */
    public record User(String name, long uid) {}
}
