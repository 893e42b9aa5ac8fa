package io.kepm.elevation;

import io.kepm.api.policy.Decision;
import io.kepm.api.policy.Reason;

/**
 * What an outcome of policy means for somebody who asked: the table of elevation.md §2, in code.
 */
enum Effect {
    /** The command runs under the conditions of the allow. */
    RUN,
    /** The controls have to be met, then it runs. */
    CONTROLS,
    /** It does not run. */
    REFUSE,
    /** Policy adds nothing and takes nothing: sudo's own answer stands. */
    OWN_RIGHT;

    /**
     * The cell of the table.
     *
     * @param unmatchedForOthers whether users who are not governed keep their own rights where no
     *     policy matches (setting {@code unmatchedForOthers} is {@code os})
     */
    static Effect of(Decision decision, Caller caller, boolean unmatchedForOthers) {
        if (caller == Caller.ROOT) {
            return OWN_RIGHT;
        }
        if (decision instanceof Decision.Allow) {
            return RUN;
        }
        if (decision instanceof Decision.Pending) {
            return CONTROLS;
        }
        if (caller == Caller.OTHER_BY_SUDO && leavesOwnRight(decision, unmatchedForOthers)) {
            return OWN_RIGHT;
        }
        return REFUSE;
    }

    /**
     * The cell for a fault of ours: nobody gains a right by it, and nobody but the governed loses
     * one.
     */
    static Effect ofFault(Caller caller) {
        return caller == Caller.OTHER_BY_SUDO || caller == Caller.ROOT ? OWN_RIGHT : REFUSE;
    }

    private static boolean leavesOwnRight(Decision decision, boolean unmatchedForOthers) {
        if (decision instanceof Decision.NotGoverned) {
            return unmatchedForOthers;
        }
        // A guard leaves it, unless a policy asks for something beside it.
        return decision.reasons().get(0).code().equals(Reason.UNMATCHED)
                ? unmatchedForOthers
                : decision.reasons().stream().noneMatch(Effect::isOfPolicy);
    }

    private static boolean isOfPolicy(Reason reason) {
        return reason.code().equals(Reason.POLICY) || reason.code().equals(Reason.BESIDE);
    }
}
