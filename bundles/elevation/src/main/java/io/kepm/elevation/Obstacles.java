package io.kepm.elevation;

import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.policy.Conditions;
import io.kepm.api.policy.PolicyEngine;
import io.kepm.api.policy.PolicyEngine.Redirect;
import java.util.Optional;

/**
 * What keeps a command from being carried as policy wants it, and what its person is told: an allow
 * that can't be kept as it is written is none, whoever it is for.
 */
final class Obstacles {

    private final PolicyEngine policy;
    private final Granting granting;

    Obstacles(PolicyEngine policy, Granting granting) {
        this.policy = policy;
        this.granting = granting;
    }

    /**
     * The first one, in words; empty when there is none. sudo can't run another program than the
     * one that was asked for, and rules that can't be read name none.
     */
    Optional<String> of(Question question, LaunchRequest launch, Conditions conditions) {
        return policy.redirect(question.request())
                .filter(
                        redirect ->
                                Way.of(launch.door()) != Way.UNIT || !redirect.fault().isEmpty())
                .map(redirect -> Texts.say("carriage.redirect", redirect.text()))
                .or(() -> granting.obstacle(launch, question.caller(), conditions));
    }

    /** Where to go with it, if anywhere. */
    String refusal(Controls.Asked asked, Conditions conditions, String obstacle) {
        LaunchRequest launch = asked.launch();
        boolean readable =
                policy.redirect(asked.question().request())
                        .map(Redirect::fault)
                        .orElse("")
                        .isEmpty();
        if (readable && asked.way() == Way.UNIT) {
            return Texts.conditionNotInUnit(obstacle);
        }
        if (readable && obstacle.equals(Carriage.JUDGED_INSIDE)) {
            return Texts.notJudgedInside(obstacle);
        }
        boolean elsewhere =
                readable
                        && launch.door().equals("sudo")
                        && !launch.edit()
                        && granting.isCarriedInUnit(conditions);
        return elsewhere
                ? Texts.conditionElsewhere(obstacle, launch.runAs(), launch.argv())
                : Texts.conditionNotHere(obstacle);
    }
}
