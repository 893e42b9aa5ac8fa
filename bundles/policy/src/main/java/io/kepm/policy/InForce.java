package io.kepm.policy;

import io.kepm.api.policy.Evaluation;

/**
 * The set that decides now.
 *
 * @param loadedAt ISO instant at which it came into force, also before a restart
 */
record InForce(PolicySet set, Evaluation.Revision revision, String loadedAt, Evaluator evaluator) {}
