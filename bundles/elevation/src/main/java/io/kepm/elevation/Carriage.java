package io.kepm.elevation;

import io.kepm.api.linux.Scopes.Means;
import io.kepm.api.policy.Conditions;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** What sudo, or a unit of systemd, can carry of the conditions of an allow (elevation.md §2). */
final class Carriage {

    /** {@code command_timeout} of the sudoers drop-in: sudo itself ends every command after it. */
    static final Duration COMMAND_TIMEOUT = Duration.ofMinutes(60);

    /** The one obstacle that is none of the conditions'. */
    static final String NO_MANAGER = Texts.say("carriage.manager");

    /** What sudo can do, when it knows of it before it asks. */
    static final String JUDGED_INSIDE = Texts.say("carriage.intercept");

    private Carriage() {}

    /**
     * The first condition that sudo can't carry, in words; empty when it carries all of them.
     *
     * @param means who ends a command in time
     * @param asksInside whether this sudo asks about every command that its command starts
     */
    static Optional<String> obstacle(
            Conditions conditions, Caller caller, Means means, boolean asksInside) {
        if (conditions.timeLimited()) {
            Optional<String> unkept = unkeptTime(conditions, caller, means);
            if (unkept.isPresent()) {
                return unkept;
            }
        }
        if (!conditions.keepEnv().isEmpty()) {
            return Optional.of(Texts.say("carriage.environment"));
        }
        if (conditions.record()) {
            return Optional.of(Texts.say("carriage.record"));
        }
        if (conditions.ephemeralAccount()) {
            return Optional.of(Texts.say("carriage.account"));
        }
        if (conditions.noExec()) {
            return Optional.of(Texts.say("carriage.no_exec"));
        }
        if (conditions.intercept() && !asksInside) {
            return Optional.of(JUDGED_INSIDE);
        }
        return Optional.empty();
    }

    /** What a unit of the service manager can't carry; it keeps any limit, for everybody. */
    static Optional<String> obstacleInUnit(Conditions conditions, Means means) {
        if (means != Means.SERVICE_MANAGER) {
            return Optional.of(NO_MANAGER);
        }
        return conditions.intercept() ? Optional.of(JUDGED_INSIDE) : Optional.empty();
    }

    /**
     * The service manager keeps any limit. The agent keeps it as long as it lives; should it die,
     * the drop-in's limit is the backstop, which only governed users have. Else that is all there
     * is.
     */
    private static Optional<String> unkeptTime(Conditions conditions, Caller caller, Means means) {
        if (means == Means.SERVICE_MANAGER) {
            return Optional.empty();
        }
        if (caller != Caller.GOVERNED) {
            return Optional.of(Texts.say("carriage.time.others"));
        }
        return means == Means.NONE && conditions.validFor().compareTo(COMMAND_TIMEOUT) < 0
                ? Optional.of(Texts.say("carriage.time"))
                : Optional.empty();
    }

    /** Whether the sudo that asks is put into a scope: for a stated time limit, where there are. */
    static boolean needsScope(Conditions conditions, Means means) {
        return conditions.timeLimited() && means != Means.NONE;
    }

    /** When sudo ends a command that nothing else does. */
    static Duration mostBySudo(Caller caller) {
        return caller == Caller.GOVERNED ? COMMAND_TIMEOUT : ChronoUnit.FOREVER.getDuration();
    }

    /**
     * How long a right lasts. The drop-in's limit is for governed users: a policy can give others
     * more where something else ends their commands.
     */
    static Duration lifetime(Conditions conditions, Caller caller, Means means) {
        boolean beyond =
                conditions.timeLimited()
                        && caller != Caller.GOVERNED
                        && means == Means.SERVICE_MANAGER;
        return beyond || conditions.validFor().compareTo(COMMAND_TIMEOUT) < 0
                ? conditions.validFor()
                : COMMAND_TIMEOUT;
    }
}
