package io.kepm.policy;

import java.util.List;
import java.util.OptionalInt;

/**
 * What a policy binds an allow to.
 *
 * @param durationMinutes empty when the policy states none
 */
record Terms(
        OptionalInt durationMinutes,
        int justifyMinLength,
        List<String> keepEnv,
        boolean ephemeralAccount,
        boolean allowUnsafeTarget,
        boolean allowProtected,
        boolean intercept,
        boolean noExec,
        boolean bindCwd) {

    static final int JUSTIFY_MIN_LENGTH = 10;

    Terms {
        keepEnv = List.copyOf(keepEnv);
    }

    /** Whether what other policies give is less by them. */
    boolean limit() {
        return noExec || intercept || ephemeralAccount || bindCwd || durationMinutes.isPresent();
    }
}
