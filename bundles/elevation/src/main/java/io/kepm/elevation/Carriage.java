package io.kepm.elevation;

import io.kepm.api.policy.Conditions;
import java.time.Duration;
import java.util.Optional;

/** What sudo can carry of the conditions of an allow (elevation.md §2, way A). */
final class Carriage {

    /** {@code command_timeout} of the sudoers drop-in: sudo itself ends every command after it. */
    static final Duration COMMAND_TIMEOUT = Duration.ofMinutes(60);

    private Carriage() {}

    /**
     * The first condition that sudo can't carry, in words; empty when it carries all of them. The
     * drop-in's time limit is for governed users: for others nothing of sudo ends a command.
     */
    static Optional<String> obstacle(Conditions conditions, Caller caller) {
        if (conditions.timeLimited() && caller != Caller.GOVERNED) {
            return Optional.of("a time limit for a user who is not governed");
        }
        if (conditions.timeLimited() && conditions.validFor().compareTo(COMMAND_TIMEOUT) < 0) {
            return Optional.of("a time limit shorter than 60 minutes");
        }
        if (!conditions.keepEnv().isEmpty()) {
            return Optional.of("kept environment variables (KeepEnv)");
        }
        if (conditions.record()) {
            return Optional.of("a session recording (RECORD)");
        }
        if (conditions.ephemeralAccount()) {
            return Optional.of("an ephemeral account (EphemeralAccount)");
        }
        if (conditions.noExec()) {
            return Optional.of("that the command starts no other (NoExec)");
        }
        if (conditions.intercept()) {
            return Optional.of("that every command inside is judged (Intercept)");
        }
        return Optional.empty();
    }

    /** How long a right lasts that sudo carries. */
    static Duration lifetime(Conditions conditions) {
        return conditions.validFor().compareTo(COMMAND_TIMEOUT) < 0
                ? conditions.validFor()
                : COMMAND_TIMEOUT;
    }
}
