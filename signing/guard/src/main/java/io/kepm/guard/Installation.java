package io.kepm.guard;

import java.nio.file.Path;

/**
 * Where this agent lives.
 *
 * @param approot settings, policies, store, log
 * @param lib the runtime: frozen, and described by the signed list
 * @param state what the agent keeps for itself
 * @param run sockets, gone after a restart of the machine
 */
record Installation(Path approot, Path lib, Path state, Path run) {

    /** As the launch line says; without one, as installed. */
    static Installation fromSystemProperties() {
        return new Installation(
                path("kepm.approot", "/opt/keeper/sbin"),
                path("kepm.lib", "/opt/keeper/lib"),
                path("kepm.state", "/var/lib/kepm"),
                path("kepm.run", "/run/keeper"));
    }

    Path cache() {
        return state.resolve("cache");
    }

    /** The cache of a run that only records a class-data archive. */
    Path archive() {
        return state.resolve("tmp/archive");
    }

    Path spool() {
        return state.resolve("spool");
    }

    private static Path path(String property, String installed) {
        return Path.of(System.getProperty(property, installed)).toAbsolutePath().normalize();
    }
}
