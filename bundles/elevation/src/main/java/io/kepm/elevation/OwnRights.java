package io.kepm.elevation;

import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.linux.Targets;
import io.kepm.api.policy.Conditions;
import io.kepm.api.policy.Decision;
import io.kepm.api.policy.Evaluation;
import io.kepm.api.policy.EvaluationRequest;
import io.kepm.api.policy.PolicyEngine;
import java.time.ZonedDateTime;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What policy holds against a right of somebody's own. That right stands where a guard, a limit or
 * a fault of ours refuses, but not against a policy: nobody gets round one by an option or a
 * spelling, by being refused often, or by filling a disk.
 */
final class OwnRights {

    private static final Logger LOG = LoggerFactory.getLogger(OwnRights.class);

    private final PolicyEngine policy;
    private final Accounts accounts;
    private final Targets targets;
    private final boolean unmatchedForOthers;

    OwnRights(PolicyEngine policy, Accounts accounts, Targets targets, boolean unmatchedForOthers) {
        this.policy = policy;
        this.accounts = accounts;
        this.targets = targets;
        this.unmatchedForOthers = unmatchedForOthers;
    }

    /** What binds of the same command with nothing odd about it; empty when nothing does. */
    Optional<Evaluation> against(Question question, ZonedDateTime at) {
        return question.plain().stream()
                .map(request -> binding(request, at))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private Optional<Evaluation> binding(EvaluationRequest plain, ZonedDateTime at) {
        Evaluation evaluation = policy.evaluate(plain, at);
        Effect effect = Effect.of(evaluation.decision(), Caller.OTHER_BY_SUDO, unmatchedForOthers);
        boolean binds =
                effect == Effect.REFUSE
                        || effect == Effect.CONTROLS
                        || (effect == Effect.RUN
                                && (isConditional(evaluation.decision())
                                        || policy.redirect(plain).isPresent()));
        return binds ? Optional.of(evaluation) : Optional.empty();
    }

    /**
     * As whom somebody counts for a refusal that is none of a policy's: where policy binds there is
     * no right of his own. Where policy can't be asked either, it stands.
     */
    Caller where(Caller caller, LaunchRequest launch, ZonedDateTime at) {
        if (caller != Caller.OTHER_BY_SUDO) {
            return caller;
        }
        try {
            Question question = Question.of(launch, "", Question.commandLine(), accounts, targets);
            return against(question, at).isPresent() ? Caller.GOVERNED : caller;
        } catch (NameServiceException | RuntimeException e) {
            LOG.error("what binds `{}` is not known: {}", launch.user(), e.getMessage());
            return caller;
        }
    }

    /** The same of somebody about whom policy was asked before. */
    Caller where(Caller caller, Question question, ZonedDateTime at) {
        return caller == Caller.OTHER_BY_SUDO && against(question, at).isPresent()
                ? Caller.GOVERNED
                : caller;
    }

    /** An allow with more to it than that the command may run as it is. */
    private static boolean isConditional(Decision decision) {
        Conditions given = ((Decision.Allow) decision).conditions();
        return given.timeLimited()
                || given.record()
                || given.ephemeralAccount()
                || given.intercept()
                || given.noExec();
    }
}
