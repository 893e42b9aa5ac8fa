package io.kepm.policy;

import io.kepm.api.policy.EvaluationRequest;
import java.util.List;

/** What a policy's filter of certificates says to a request. */
enum Signed {
    NO,
    /**
     * Perhaps by one that is listed. Such a policy takes away as if it were, and gives nothing: who
     * spoils a signature gains nothing by it.
     */
    UNKNOWN,
    YES;

    static Signed of(PolicyDocument policy, EvaluationRequest.Target target) {
        if (!policy.limitsSigners()) {
            return YES;
        }
        List<String> listed = policy.filters().certificates();
        for (String print : target.certificates()) {
            if (listed.contains(Thumbprint.plain(print))) {
                return YES;
            }
        }
        return doubt(policy, target).isEmpty() ? NO : UNKNOWN;
    }

    /** Why one that is listed may have signed it all the same; empty when none has. */
    static String doubt(PolicyDocument policy, EvaluationRequest.Target target) {
        if (!target.signerUnknown().isEmpty()) {
            return target.signerUnknown();
        }
        List<String> prints = target.certificates();
        boolean comparable =
                prints.isEmpty()
                        || policy.filters().certificates().stream()
                                .allMatch(
                                        listed ->
                                                prints.stream()
                                                        .anyMatch(
                                                                print ->
                                                                        isSameDigest(
                                                                                listed, print)));
        return comparable ? "" : "the policy lists another digest than is known of its certificate";
    }

    private static boolean isSameDigest(String listed, String print) {
        return listed.length() == Thumbprint.plain(print).length();
    }
}
