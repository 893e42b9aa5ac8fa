package io.kepm.elevation;

import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Accounts.Account;
import io.kepm.api.linux.Accounts.Member;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.linux.Targets;
import io.kepm.api.policy.Decision;
import io.kepm.api.policy.Evaluation;
import io.kepm.api.policy.EvaluationRequest;
import io.kepm.api.policy.EventType;
import io.kepm.api.policy.PolicyEngine;
import io.kepm.api.policy.Reason;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A launch request with the facts of the system added: what policy is asked.
 *
 * @param fault why the request as a whole is malformed; empty when it is not
 */
record Question(EvaluationRequest request, Caller caller, String digestNote, String fault) {

    /** As the plugin names one, whoever set it. */
    private static final String VARIABLE = "env=";

    /** Reads groups, links, owners and digest now; nothing is taken from a cache of rights. */
    static Question of(
            LaunchRequest launch,
            String requestId,
            String eventType,
            Accounts accounts,
            Targets targets)
            throws NameServiceException {
        boolean ahead = launch.door().equals(LaunchRequest.AHEAD);
        return of(launch, requestId, eventType, accounts, targets, ahead);
    }

    /**
     * The same, of what will run or of what would.
     *
     * @param ahead whether the program at the path now is looked at, since none was opened yet
     */
    static Question of(
            LaunchRequest launch,
            String requestId,
            String eventType,
            Accounts accounts,
            Targets targets,
            boolean ahead)
            throws NameServiceException {
        Accounts.LookUp<Optional<Member>> lookUp = accounts.beginMember(launch.user());
        Targets.Facts facts = facts(launch, targets, ahead);
        List<String> arguments =
                launch.argv().isEmpty()
                        ? List.of()
                        : launch.argv().subList(1, launch.argv().size());
        List<Optional<String>> argvReal = targets.resolve(arguments, launch.cwd());
        Optional<Member> member = lookUp.await();
        Optional<Account> account = member.map(Member::account);
        List<String> groups = member.map(Member::groups).orElse(List.of());
        EvaluationRequest request =
                new EvaluationRequest(
                        requestId,
                        eventType,
                        launch.session(),
                        new EvaluationRequest.User(
                                launch.user(),
                                launch.uid(),
                                groups,
                                account.map(Account::home).filter(home -> !home.isEmpty()),
                                Optional.empty()),
                        new EvaluationRequest.Machine(targets.hostname(), "linux"),
                        new EvaluationRequest.Target(
                                launch.path(),
                                facts.realPath(),
                                launch.argv(),
                                argvReal,
                                facts.sha256(),
                                facts.signers(),
                                facts.signerUnknown(),
                                facts.unsafe(),
                                facts.setuid()),
                        Optional.empty(),
                        launch.edit()
                                ? EvaluationRequest.Access.WRITE
                                : EvaluationRequest.Access.READ,
                        launch.cwd(),
                        launch.runAs(),
                        List.of(),
                        Optional.empty(),
                        0,
                        false,
                        launch.reason());
        return new Question(
                request,
                Caller.of(launch.door(), launch.uid(), groups),
                facts.digestNote().isEmpty() ? launch.descriptorNote() : facts.digestNote(),
                fault(launch, account));
    }

    private static Targets.Facts facts(LaunchRequest launch, Targets targets, boolean ahead) {
        if (launch.isForNoProgram()) {
            return Targets.Facts.unseen(launch.path());
        }
        return ahead
                ? targets.foresee(launch.path())
                : targets.inspect(launch.path(), launch.descriptor());
    }

    /** What the guards and policy say to it at an instant of local time. */
    Evaluation verdict(PolicyEngine policy, ZonedDateTime at) {
        if (fault.isEmpty()) {
            return policy.evaluate(request, at);
        }
        return new Evaluation(
                new Decision.Deny(List.of(Reason.of(Reason.GUARD_PREFIX + "malformed", fault))),
                List.of(),
                policy.status().revision());
    }

    /**
     * The same command with nothing odd about it: asked for from the root folder, of a program
     * without rights of its own that nobody else could change. Once named by where its path leads,
     * and once as it was called: a policy may name either.
     */
    List<EvaluationRequest> plain() {
        return Stream.of(request.target().realPath(), request.target().path())
                .distinct()
                .map(this::plain)
                .toList();
    }

    private EvaluationRequest plain(String path) {
        EvaluationRequest.Target target = request.target();
        return of(
                new EvaluationRequest.Target(
                        path,
                        target.realPath(),
                        target.argv(),
                        target.argvReal(),
                        target.sha256(),
                        target.certificates(),
                        target.signerUnknown(),
                        List.of(),
                        false),
                "/");
    }

    /** The same, as it would be if its path named nothing. */
    Question unseen() {
        EvaluationRequest.Target target = request.target();
        Targets.Facts facts = Targets.Facts.unseen(target.path());
        EvaluationRequest.Target unseen =
                new EvaluationRequest.Target(
                        target.path(),
                        facts.realPath(),
                        target.argv(),
                        target.argvReal(),
                        facts.sha256(),
                        facts.signers(),
                        facts.signerUnknown(),
                        facts.unsafe(),
                        facts.setuid());
        return new Question(of(unseen, request.cwd()), caller, digestNote, fault);
    }

    private EvaluationRequest of(EvaluationRequest.Target target, String cwd) {
        return new EvaluationRequest(
                request.requestId(),
                request.eventType(),
                request.sessionId(),
                request.user(),
                request.machine(),
                target,
                request.url(),
                request.access(),
                cwd,
                request.runAs(),
                List.of(),
                request.parent(),
                request.aiLikelihoodPercent(),
                request.hasDesktop(),
                request.justification());
    }

    /** The kind of request that a command from a terminal is. */
    static String commandLine() {
        return EventType.COMMAND_LINE.wireName();
    }

    private static String fault(LaunchRequest launch, Optional<Account> account) {
        if (account.isEmpty()) {
            return "user `" + launch.user() + "` has no account on this machine";
        }
        if (account.get().uid() != launch.uid()) {
            return "user `"
                    + launch.user()
                    + "` and uid "
                    + launch.uid()
                    + " do not belong together";
        }
        if (!launch.options().isEmpty()) {
            String option = launch.options().get(0);
            return option.startsWith(VARIABLE)
                    ? "the command would have the variable `"
                            + option.substring(VARIABLE.length())
                            + "`, which no policy can allow"
                    : "option `" + option + "` is not one that a policy can allow";
        }
        return "";
    }
}
