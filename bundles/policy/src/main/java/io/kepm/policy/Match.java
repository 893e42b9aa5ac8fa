package io.kepm.policy;

/**
 * A policy that applies to a request.
 *
 * @param denied whether it rules the request out, by a control or by a denied command
 * @param byDigest whether it applies only because of the digest of the file
 * @param byOtherName whether it names the program only by another name: then it gives nothing
 * @param bySigner whether it applies only as long as nobody knows who signed the file: then it
 *     gives nothing either
 */
record Match(
        PolicyDocument policy,
        boolean denied,
        boolean byDigest,
        boolean byOtherName,
        boolean bySigner) {

    static Match of(PolicyDocument policy, boolean denied, Fit fit, Signed signed) {
        return new Match(
                policy, denied, fit == Fit.DIGEST, fit == Fit.OTHER_NAME, signed == Signed.UNKNOWN);
    }

    /** One by the program's own name, and not only because of its digest. */
    static Match plain(PolicyDocument policy) {
        return of(policy, policy.denies(), Fit.YES, Signed.YES);
    }

    /** Whether anybody gets anything by it; else it only binds. */
    boolean gives() {
        return !byOtherName && !bySigner;
    }
}
