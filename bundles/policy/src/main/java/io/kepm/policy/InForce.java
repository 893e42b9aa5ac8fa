package io.kepm.policy;

import io.kepm.api.policy.Evaluation;
import java.util.List;

/**
 * The set that decides now.
 *
 * @param loadedAt ISO instant at which it came into force, also before a restart
 * @param judgedInside programs whose own starts are judged too: looked for once, asked for each
 *     second
 */
record InForce(
        PolicySet set,
        Evaluation.Revision revision,
        String loadedAt,
        Evaluator evaluator,
        List<String> judgedInside) {

    InForce(PolicySet set, Evaluation.Revision revision, String loadedAt, Evaluator evaluator) {
        this(set, revision, loadedAt, evaluator, new JudgedInside(set).programs());
    }
}
