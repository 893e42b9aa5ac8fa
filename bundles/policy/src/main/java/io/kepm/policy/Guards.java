package io.kepm.policy;

import io.kepm.api.policy.EvaluationRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What stops a request before any policy is asked (policy.md §2). */
final class Guards {

    /** A guard that stands in the way unless the policies that give carry its key. */
    enum Kind {
        UNSAFE_TARGET("unsafe-target"),
        SETUID_TARGET("setuid-target"),
        PROTECTED("protected");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        String code() {
            return "guard:" + word;
        }

        boolean isWaivedBy(Terms terms) {
            return this == PROTECTED ? terms.allowProtected() : terms.allowUnsafeTarget();
        }
    }

    /** One guard that was raised, and why. */
    record Raised(Kind kind, String text) {}

    static final String MALFORMED = "guard:malformed";

    private final ProtectedTargets protectedTargets;

    Guards(ProtectedTargets protectedTargets) {
        this.protectedTargets = protectedTargets;
    }

    /** Why a request is no request at all. */
    Optional<String> malformed(EvaluationRequest request) {
        return WellFormed.fault(request);
    }

    /** The guards of a well-formed request, in the order in which they are named. */
    List<Raised> raised(Facts facts) {
        if (!facts.type().isElevation()) {
            return List.of();
        }
        EvaluationRequest request = facts.request();
        EvaluationRequest.Target target = request.target();
        Optional<String> reached = protectedTargets.find(facts);
        boolean setuid = target.setuid() && !request.runAs().equals(Matcher.ROOT);
        if (target.unsafe().isEmpty() && !setuid && reached.isEmpty()) {
            return List.of();
        }
        List<Raised> raised = new ArrayList<>();
        if (!target.unsafe().isEmpty()) {
            raised.add(
                    new Raised(
                            Kind.UNSAFE_TARGET,
                            "the program could have been changed by somebody else: "
                                    + String.join(", ", target.unsafe())));
        }
        if (setuid) {
            raised.add(
                    new Raised(
                            Kind.SETUID_TARGET,
                            "the program is set-uid, so that it would not stay the user it is run"
                                    + " as"));
        }
        if (reached.isPresent()) {
            raised.add(
                    new Raised(
                            Kind.PROTECTED,
                            "it reaches what protects this agent: " + reached.get()));
        }
        return raised;
    }
}
