package io.kepm.elevation;

import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.linux.Targets;
import io.kepm.api.policy.Conditions;
import io.kepm.api.policy.Decision;
import io.kepm.api.policy.EvaluationRequest;
import io.kepm.api.policy.PolicyEngine.Redirect;
import io.kepm.api.policy.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What runs in place of an allowed command (policy.md §7), as a request of its own. */
final class Substitution {

    private Substitution() {}

    /** The words of a redirect: its program, then its arguments, which a blank parts; no shell. */
    static List<String> argv(Redirect redirect) {
        List<String> argv = new ArrayList<>(List.of(redirect.target()));
        redirect.arguments()
                .lines()
                .flatMap(line -> List.of(line.split(" +")).stream())
                .filter(word -> !word.isEmpty())
                .forEach(argv::add);
        return argv;
    }

    static LaunchRequest request(LaunchRequest launch, Redirect redirect, Targets.Opened program) {
        return launch.like()
                .command(program.path(), argv(redirect))
                .descriptor(program.descriptor())
                .build();
    }

    /**
     * Why a substitute may not run: others could have changed it, a guard stops it, or a policy
     * denies it. That no policy allows it is none: the rule itself does.
     */
    static Optional<String> fault(EvaluationRequest request, Decision decision) {
        EvaluationRequest.Target target = request.target();
        if (!target.unsafe().isEmpty()) {
            return Optional.of(target.unsafe().get(0));
        }
        if (target.setuid() && !request.runAs().equals("root")) {
            return Optional.of("it is set-uid, so that it would not stay the user it is run as");
        }
        if (decision instanceof Decision.Deny deny) {
            Reason first = deny.reasons().get(0);
            return first.isGuard() || first.code().equals(Reason.POLICY)
                    ? Optional.of(first.text())
                    : Optional.empty();
        }
        return Optional.empty();
    }

    /** The terms of the command that was asked for, for the substitute's words. */
    static Granting.Terms terms(Granting.Terms of, List<String> argv, LaunchRequest asked) {
        Conditions c = of.conditions();
        Conditions changed =
                new Conditions(
                        c.runAs(),
                        argv,
                        c.validFor(),
                        c.timeLimited(),
                        c.keepEnv(),
                        c.justifyMinLength(),
                        c.digestBound(),
                        c.bindCwd(),
                        c.record(),
                        c.ephemeralAccount(),
                        c.intercept(),
                        c.noExec(),
                        c.allowProtected(),
                        c.approvals(),
                        c.notices());
        List<String> words = new ArrayList<>(List.of(asked.path()));
        words.addAll(asked.argv().subList(1, asked.argv().size()));
        return new Granting.Terms(changed, of.evaluation(), of.how(), words);
    }
}
