package io.kepm.policy;

/**
 * A policy that applies to a request.
 *
 * @param denied whether it rules the request out, by a control or by a denied command
 * @param byDigest whether it applies only because of the digest of the file
 */
record Match(PolicyDocument policy, boolean denied, boolean byDigest) {}
