package io.kepm.policy;

import io.kepm.api.policy.Control;
import io.kepm.api.policy.Decision;
import io.kepm.api.policy.Evaluation.Notice;
import java.util.ArrayList;
import java.util.List;

/** What policies in force with NOTIFY tell whoever asks: those that decide, and nobody else. */
final class Spoken {

    private Spoken() {}

    static List<Notice> of(Decision decision, List<Match> enforced) {
        boolean refused = decision instanceof Decision.Deny;
        List<Notice> notices = List.of();
        for (int i = 0; i < enforced.size(); i++) {
            Match match = enforced.get(i);
            PolicyDocument policy = match.policy();
            boolean speaks = policy.controls().has(Control.NOTIFY) && !policy.notice().isBlank();
            // A guard that refuses is nobody's, nor is silence: only a DENY is a policy's word.
            if (speaks && (!refused || match.denied())) {
                notices = notices.isEmpty() ? new ArrayList<>(2) : notices;
                notices.add(new Notice(policy.ref(), policy.notice(), policy.acknowledge()));
            }
        }
        return notices;
    }
}
