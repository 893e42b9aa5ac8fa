package io.kepm.policy;

import io.kepm.api.policy.EvaluationRequest;
import io.kepm.api.policy.PolicyEngine.Configuration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the policies in force that name a machine say about its configuration. */
record Configurations(PolicySet set) {

    private static final EvaluationRequest.User NOBODY =
            new EvaluationRequest.User("", -1, List.of(), Optional.empty(), Optional.empty());

    List<Configuration> of(EvaluationRequest.Machine machine) {
        Facts facts = new Entitlements(set, "/").facts(NOBODY, machine);
        List<Configuration> found = new ArrayList<>();
        for (PolicyDocument policy : set.policies()) {
            boolean concerns =
                    policy.status() == PolicyStatus.ENFORCE
                            && policy.type().isStanding()
                            && !policy.extension().configuration().isEmpty()
                            && Matcher.machines(policy.filters(), facts);
            if (concerns) {
                found.add(
                        new Configuration(
                                policy.ref(),
                                policy.type().wireName(),
                                policy.extension().configuration()));
            }
        }
        return List.copyOf(found);
    }
}
