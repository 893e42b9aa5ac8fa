package io.kepm.elevation;

import io.kepm.api.elevation.LaunchAnswer;
import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.linux.Targets;
import io.kepm.api.policy.Evaluation;
import io.kepm.api.policy.PolicyEngine.Redirect;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;

/** Opens what a redirect puts in the place of a command, and looks at it as at any program. */
final class Substitutes {

    private final Accounts accounts;
    private final Targets targets;

    Substitutes(Accounts accounts, Targets targets) {
        this.accounts = accounts;
        this.targets = targets;
    }

    /** What was found. */
    sealed interface Prepared {}

    /** It may run; whoever got it closes its file. */
    record Fit(Controls.Asked asked, LaunchAnswer.Substitute substitute) implements Prepared {}

    /** It may not. */
    record Unfit(String why) implements Prepared {}

    Prepared prepare(
            Controls.Asked asked, Redirect redirect, Function<Question, Evaluation> judge) {
        Targets.Opened opened;
        try {
            opened = targets.open(redirect.target());
        } catch (IOException e) {
            return new Unfit(String.valueOf(e.getMessage()));
        }
        Prepared prepared = looked(asked, redirect, opened, judge);
        if (prepared instanceof Unfit) {
            opened.descriptor().close();
        }
        return prepared;
    }

    private Prepared looked(
            Controls.Asked asked,
            Redirect redirect,
            Targets.Opened opened,
            Function<Question, Evaluation> judge) {
        LaunchRequest instead = Substitution.request(asked.launch(), redirect, opened);
        String id = asked.records().requestId();
        try {
            Question question = Question.of(instead, id, Question.commandLine(), accounts, targets);
            Optional<String> fault =
                    Substitution.fault(question.request(), judge.apply(question).decision());
            return fault.isPresent()
                    ? new Unfit(fault.get())
                    : new Fit(
                            new Controls.Asked(
                                    instead,
                                    asked.conversation(),
                                    question,
                                    new Records(instead, id, instead.runAs())),
                            new LaunchAnswer.Substitute(opened.path(), opened.descriptor()));
        } catch (NameServiceException e) {
            return new Unfit(String.valueOf(e.getMessage()));
        }
    }
}
