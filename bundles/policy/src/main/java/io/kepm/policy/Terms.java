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

    /** Of a policy that binds to nothing, as most do. */
    static final Terms PLAIN =
            new Terms(
                    OptionalInt.empty(),
                    JUSTIFY_MIN_LENGTH,
                    List.of(),
                    false,
                    false,
                    false,
                    false,
                    false,
                    false);

    Terms {
        keepEnv = List.copyOf(keepEnv);
    }

    /** Whether it equals {@link #PLAIN}; very many are asked while a set is read. */
    boolean isPlain() {
        return durationMinutes.isEmpty()
                && justifyMinLength == JUSTIFY_MIN_LENGTH
                && keepEnv.isEmpty()
                && !(ephemeralAccount || allowUnsafeTarget || allowProtected)
                && !(intercept || noExec || bindCwd);
    }

    /** Whether what other policies give is less by them. */
    boolean limit() {
        return noExec || intercept || ephemeralAccount || bindCwd || durationMinutes.isPresent();
    }
}
