package io.kepm.policy;

import io.kepm.api.policy.Control;
import io.kepm.api.policy.Decision;
import io.kepm.api.policy.EvaluationRequest;
import io.kepm.api.policy.EventType;
import io.kepm.api.policy.PolicyRef;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Turns the question round: not what a user may run, but by which policies a command is given or
 * ruled out, and to whom. Each policy is asked by itself, without its filters of user, machine and
 * time, which are told instead. For plain Java, outside of OSGi too.
 */
public final class WhoCan {

    /**
     * A command with every fact that is known of it.
     *
     * @param argv the whole vector
     * @param sha256 of the file; empty when it can't be read
     * @param signers thumbprints of who signed it
     * @param signerUnknown why somebody else may have; empty when nobody else has
     * @param unsafe why others than root could have changed the file; empty when none could
     */
    public record Command(
            String path,
            String realPath,
            List<String> argv,
            Optional<String> sha256,
            List<String> signers,
            String signerUnknown,
            List<String> unsafe,
            boolean setuid) {
        public Command {
            argv = List.copyOf(argv);
            signers = List.copyOf(signers);
            unsafe = List.copyOf(unsafe);
        }
    }

    /**
     * What one policy says to the command, whoever asks.
     *
     * @param status {@code enforce}, or what it does instead
     * @param outcome {@code ALLOW}, {@code PENDING} or {@code DENY} for those that its filters name
     * @param users whom it names; collections are resolved; {@code *} is everybody
     * @param runAs as whom; {@code *} is anybody
     * @param controls what it asks for, and what follows
     * @param limits further filters, for people
     * @param uncertain whether it holds only for some users or files, by a variable, a digest or a
     *     signature
     * @param reason why it denies, when that is a guard; else empty
     */
    public record Line(
            PolicyRef policy,
            String status,
            String outcome,
            List<String> users,
            List<String> machines,
            List<String> runAs,
            List<String> controls,
            List<String> limits,
            boolean uncertain,
            String reason) {
        public Line {
            users = List.copyOf(users);
            machines = List.copyOf(machines);
            runAs = List.copyOf(runAs);
            controls = List.copyOf(controls);
            limits = List.copyOf(limits);
        }
    }

    private static final ZonedDateTime ANY_TIME = ZonedDateTime.parse("2000-01-01T00:00:00Z");

    private final OfflinePolicies policies;
    private final Outcome outcome;

    public WhoCan(OfflinePolicies policies) {
        this.policies = policies;
        outcome = new Outcome(policies.settings().unmatchedDenies());
    }

    /** The policies that give the command or rule it out, in order of their ids. */
    public List<Line> ask(Command command) {
        List<Line> lines = new ArrayList<>();
        for (PolicyDocument policy : policies.set().considered(EventType.COMMAND_LINE)) {
            line(policy, command).ifPresent(lines::add);
        }
        return List.copyOf(lines);
    }

    private Optional<Line> line(PolicyDocument policy, Command command) {
        List<String> named = policy.extension().runAs();
        Facts facts = facts(command, named.isEmpty() ? Matcher.ROOT : named.get(0));
        PolicyDocument open = withoutWho(policy, policy.controls());
        Optional<Match> sure =
                Matcher.match(open, facts).filter(each -> each.denied() || !each.bySigner());
        Optional<Match> match = sure.isPresent() ? sure : perhaps(open, facts);
        if (match.isEmpty()) {
            return Optional.empty();
        }
        Decision decision =
                outcome.decide(List.of(match.get()), policies.guards().raised(facts), facts);
        boolean guarded = decision.reasons().get(0).isGuard();
        boolean denies = match.get().denied();
        return Optional.of(
                new Line(
                        policy.ref(),
                        policy.status().word(),
                        decision.outcome(),
                        WhoOf.users(policy.filters().users()),
                        WhoOf.machines(policy.filters().machines()),
                        named.isEmpty() ? List.of(denies ? "*" : Matcher.ROOT) : named,
                        controls(policy, decision),
                        WhoOf.limits(policy, command.signerUnknown()),
                        sure.filter(each -> !each.bySigner()).isEmpty()
                                || (denies && isPerhapsDenied(policy, facts)),
                        guarded ? decision.reasons().get(0).text() : ""));
    }

    /**
     * A match that hangs on what is not known: the asker's home or name, the bytes of the file or
     * who signed it. For a policy that denies such an entry counts; so it is asked as if it did.
     */
    private static Optional<Match> perhaps(PolicyDocument open, Facts facts) {
        PolicyDocument denying =
                withoutWho(open, open.controls().and(Controls.of(EnumSet.of(Control.DENY))));
        return Matcher.match(denying, facts)
                .map(match -> new Match(open, false, false, match.byOtherName(), false));
    }

    /** Whether a denied command fits only because a variable in it has no value here. */
    private static boolean isPerhapsDenied(PolicyDocument policy, Facts facts) {
        return !policy.denies()
                && Fit.any(policy.extension().denied(), rule -> rule.fit(facts)) == Fit.HOLE;
    }

    private static List<String> controls(PolicyDocument policy, Decision decision) {
        if (decision.outcome().equals("DENY")) {
            return List.of(Control.DENY.name());
        }
        List<String> controls = new ArrayList<>();
        if (decision instanceof Decision.Pending pending) {
            pending.controls().forEach(control -> controls.add(control.name()));
        }
        for (String name : policy.controls().names()) {
            if (!controls.contains(name)
                    && (controls.isEmpty() || !name.equals(Control.ALLOW.name()))) {
                controls.add(name);
            }
        }
        return controls;
    }

    private static PolicyDocument withoutWho(PolicyDocument policy, Controls controls) {
        Filters filters =
                new Filters(
                        List.of(),
                        List.of(),
                        policy.filters().applications(),
                        policy.filters().certificates(),
                        List.of(),
                        List.of(),
                        Set.of());
        return new PolicyDocument(
                policy.ref(),
                policy.type(),
                policy.status(),
                controls,
                policy.terms(),
                policy.notice(),
                policy.acknowledge(),
                policy.risk(),
                filters,
                policy.extension(),
                policy.approval(),
                policy.file());
    }

    /** A request of nobody on no machine: what hangs on either has no value. */
    private Facts facts(Command command, String runAs) {
        List<Optional<String>> reals = command.argv().stream().skip(1).map(Optional::of).toList();
        EvaluationRequest request =
                new EvaluationRequest(
                        "",
                        EventType.COMMAND_LINE.wireName(),
                        "",
                        new EvaluationRequest.User(
                                "",
                                UserEntry.MAX_UID,
                                List.of(),
                                Optional.empty(),
                                Optional.empty()),
                        new EvaluationRequest.Machine("", "linux"),
                        new EvaluationRequest.Target(
                                command.path(),
                                command.realPath(),
                                command.argv(),
                                reals,
                                command.sha256(),
                                command.signers(),
                                command.signerUnknown(),
                                command.unsafe(),
                                command.setuid()),
                        Optional.empty(),
                        EvaluationRequest.Access.READ,
                        "/",
                        runAs,
                        List.of(),
                        Optional.empty(),
                        0,
                        false,
                        Optional.empty());
        return new Facts(request, EventType.COMMAND_LINE, ANY_TIME, policies.settings().approot());
    }
}
