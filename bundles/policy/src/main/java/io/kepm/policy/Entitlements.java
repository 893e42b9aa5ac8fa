package io.kepm.policy;

import io.kepm.api.policy.Control;
import io.kepm.api.policy.EvaluationRequest;
import io.kepm.api.policy.EventType;
import io.kepm.api.policy.PolicyEngine.Entitlement;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What a user may ask for on a machine: lines from policies in force whose filters name both. */
record Entitlements(PolicySet set, String approot) {

    List<Entitlement> of(EvaluationRequest.User user, EvaluationRequest.Machine machine) {
        Facts facts = facts(user, machine);
        List<Entitlement> lines = new ArrayList<>();
        for (PolicyDocument policy : set.policies()) {
            boolean concerns =
                    policy.status() == PolicyStatus.ENFORCE
                            && !policy.type().isStanding()
                            && Matcher.users(policy.filters(), facts)
                            && Matcher.machines(policy.filters(), facts);
            if (concerns) {
                lines(policy, lines);
            }
        }
        return List.copyOf(lines);
    }

    private static void lines(PolicyDocument policy, List<Entitlement> lines) {
        Extension extension = policy.extension();
        if (!extension.denied().isEmpty()) {
            lines.add(
                    line(policy, texts(extension.denied()), runAs(policy, true), List.of("DENY")));
        }
        if (!policy.onlyDeniedCommands()) {
            List<String> commands =
                    extension.commands().isEmpty() ? what(policy) : texts(extension.commands());
            lines.add(line(policy, commands, runAs(policy, policy.denies()), controls(policy)));
        }
    }

    private static Entitlement line(
            PolicyDocument policy,
            List<String> commands,
            List<String> runAs,
            List<String> controls) {
        return new Entitlement(policy.ref(), policy.type().wireName(), commands, runAs, controls);
    }

    private static List<String> texts(List<CommandRule> rules) {
        return rules.stream().map(CommandRule::text).toList();
    }

    private static List<String> what(PolicyDocument policy) {
        List<String> what =
                Stream.of(
                                policy.filters().applications().stream().map(AppEntry::text),
                                policy.extension().paths().stream().map(AppEntry::text),
                                policy.extension().urls().stream().map(UrlPattern::text))
                        .flatMap(texts -> texts)
                        .toList();
        return what.isEmpty() ? List.of("*") : what;
    }

    private static List<String> runAs(PolicyDocument policy, boolean denies) {
        if (!policy.extension().runAs().isEmpty()) {
            return policy.extension().runAs();
        }
        return List.of(denies ? "*" : Matcher.ROOT);
    }

    private static List<String> controls(PolicyDocument policy) {
        return policy.denies() ? List.of(Control.DENY.name()) : policy.controls().names();
    }

    /** A request in which nothing but user and machine means something. */
    Facts facts(EvaluationRequest.User user, EvaluationRequest.Machine machine) {
        EvaluationRequest.Target target =
                new EvaluationRequest.Target(
                        "/",
                        "/",
                        List.of("/"),
                        List.of(),
                        Optional.empty(),
                        List.of(),
                        List.of(),
                        false);
        EvaluationRequest request =
                new EvaluationRequest(
                        "",
                        EventType.COMMAND_LINE.wireName(),
                        "",
                        user,
                        machine,
                        target,
                        Optional.empty(),
                        EvaluationRequest.Access.READ,
                        "/",
                        Matcher.ROOT,
                        List.of(),
                        Optional.empty(),
                        0,
                        false,
                        Optional.empty());
        return new Facts(
                request,
                EventType.COMMAND_LINE,
                ZonedDateTime.parse("2000-01-01T00:00:00Z"),
                approot);
    }
}
