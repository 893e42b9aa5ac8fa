package io.kepm.elevation;

/** Who starts a command and carries the conditions of its allow (elevation.md §2). */
enum Way {
    /** The sudo that asks, or the agent itself for a job. */
    SUDO,
    /** The service manager, for {@code kepm run}. */
    UNIT;

    static Way of(String door) {
        return door.equals("run") ? UNIT : SUDO;
    }
}
