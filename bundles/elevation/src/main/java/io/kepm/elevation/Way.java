package io.kepm.elevation;

/** Who starts a command and carries the conditions of its allow (elevation.md §2). */
enum Way {
    /** The sudo that asks. */
    SUDO,
    /** The service manager, for {@code kepm run}. */
    UNIT,
    /**
     * The agent's launcher, for a task of a job that is {@code UserElevated} (docs/decisions/0013).
     */
    JOB;

    static Way of(String door) {
        return switch (door) {
            case "run" -> UNIT;
            case "job" -> JOB;
            default -> SUDO;
        };
    }
}
