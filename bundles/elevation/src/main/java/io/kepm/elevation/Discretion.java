package io.kepm.elevation;

import io.kepm.api.policy.Evaluation;
import io.kepm.api.policy.PolicyEngine;
import java.time.ZonedDateTime;

/**
 * What somebody is told whom policy does not let run a program: nothing that only root could see of
 * it, such as what it is, who could change it, or whether it is there at all (AB-101). Its record
 * says all. sudo tells more by itself, whatever we say (docs/decisions/0027).
 */
record Discretion(PolicyEngine policy, boolean unmatchedForOthers) {

    /**
     * The refusal that is told.
     *
     * @param refusal what policy says to the program as it is
     * @return the same for whom policy lets run a program of that path
     */
    Evaluation told(Controls.Asked asked, Evaluation refusal, ZonedDateTime at) {
        if (asked.launch().door().equals("sudo")) {
            return refusal;
        }
        Evaluation blind = asked.question().unseen().verdict(policy, at);
        return Effect.of(blind.decision(), asked.caller(), unmatchedForOthers) == Effect.REFUSE
                ? blind
                : refusal;
    }
}
