package io.kepm.jobs;

import io.kepm.api.linux.LaunchOrder.LaunchUser;
import java.util.Map;

/**
 * As whom a process runs.
 *
 * @param session variables of the session it belongs to; none outside of one
 */
record Person(
        String name, LaunchUser user, String home, String shell, Map<String, String> session) {

    static final Person ROOT =
            new Person(
                    "root",
                    new LaunchUser(0, 0, java.util.List.of()),
                    "/root",
                    "/bin/sh",
                    Map.of());

    Person {
        session = Map.copyOf(session);
    }
}
