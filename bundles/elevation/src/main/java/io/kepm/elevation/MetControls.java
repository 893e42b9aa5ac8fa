package io.kepm.elevation;

import io.kepm.api.policy.Control;
import io.kepm.api.policy.Decision;

/**
 * Controls that a person met, and how.
 *
 * @param asked what was asked for then
 */
record MetControls(Decision.Pending asked, Controls.Result.Met how) {

    /**
     * Whether they are all that is asked for now, and by whom it was approved is enough.
     *
     * @param question who asks and for what, as it is now
     */
    boolean stillDo(Controls.Asked question, Decision.Pending now) {
        return asked.controls().containsAll(now.controls())
                && reasonDoes(now)
                && approvalDoes(question, now);
    }

    private boolean reasonDoes(Decision.Pending now) {
        return !now.controls().contains(Control.JUSTIFY)
                || how.reason().filter(reason -> isEnough(reason, now)).isPresent();
    }

    private static boolean isEnough(String reason, Decision.Pending now) {
        return Justification.fault(reason, now.conditions().justifyMinLength()).isEmpty();
    }

    private boolean approvalDoes(Controls.Asked question, Decision.Pending now) {
        return how.approved()
                .map(request -> serves(request, question, now))
                .orElse(!now.controls().contains(Control.APPROVAL));
    }

    private static boolean serves(
            StoredRequest request, Controls.Asked question, Decision.Pending now) {
        return request.needs().equals(Need.of(now.conditions().approvals()))
                && request.hash()
                        .equals(RequestHash.of(question.question().request(), now.conditions()));
    }
}
