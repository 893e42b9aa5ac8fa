package io.kepm.sudo;

import io.kepm.api.elevation.Conversation;
import io.kepm.api.elevation.Grant;
import io.kepm.api.elevation.LaunchAnswer;
import io.kepm.api.elevation.LaunchDecision;
import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.policy.Conditions;
import io.kepm.api.policy.PolicyEngine;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;

/** Answers as the test says, and remembers what it was told. */
final class FakeDecision implements LaunchDecision {

    final List<LaunchRequest> asked = new CopyOnWriteArrayList<>();
    final List<String> ended = new CopyOnWriteArrayList<>();
    final List<String> noted = new CopyOnWriteArrayList<>();
    final List<String> started = new CopyOnWriteArrayList<>();
    volatile boolean bySudo;
    volatile boolean binds = true;

    /** Whether policy holds something against everybody's own right. */
    volatile boolean against = true;

    volatile Optional<Error> fault = Optional.empty();
    volatile String why = "";
    volatile BiFunction<LaunchRequest, Conversation, LaunchAnswer> answer =
            (request, conversation) -> run(request);

    static LaunchAnswer run(LaunchRequest request) {
        return new LaunchAnswer.Run(
                "r-1", "g-1", conditions(request.runAs(), request.argv()), List.of("one", "two"));
    }

    static Conditions conditions(String runAs, List<String> argv) {
        return conditions(runAs, argv, List.of());
    }

    static Conditions keeping(LaunchRequest request, List<String> variables) {
        return conditions(request.runAs(), request.argv(), variables);
    }

    /** By an account that is made for it. */
    static Conditions ephemeral(String runAs, List<String> argv) {
        return conditions(runAs, argv, List.of(), true);
    }

    static Conditions recorded(LaunchRequest request) {
        return conditions(request.runAs(), request.argv(), List.of(), false, true);
    }

    /** What it starts is to be judged as well. */
    static Conditions intercepted(LaunchRequest request) {
        Conditions c = conditions(request.runAs(), request.argv());
        return new Conditions(
                c.runAs(),
                c.argv(),
                c.validFor(),
                c.timeLimited(),
                c.keepEnv(),
                c.justifyMinLength(),
                c.digestBound(),
                c.bindCwd(),
                c.record(),
                c.ephemeralAccount(),
                true,
                c.noExec(),
                c.allowProtected(),
                c.approvals(),
                c.notices());
    }

    private static Conditions conditions(String runAs, List<String> argv, List<String> kept) {
        return conditions(runAs, argv, kept, false);
    }

    private static Conditions conditions(
            String runAs, List<String> argv, List<String> kept, boolean ephemeral) {
        return conditions(runAs, argv, kept, ephemeral, false);
    }

    private static Conditions conditions(
            String runAs,
            List<String> argv,
            List<String> kept,
            boolean ephemeral,
            boolean recorded) {
        return new Conditions(
                runAs,
                argv,
                Duration.ofMinutes(60),
                false,
                kept,
                10,
                false,
                false,
                recorded,
                ephemeral,
                false,
                false,
                false,
                List.of(),
                List.of());
    }

    @Override
    public LaunchAnswer decide(LaunchRequest request, Conversation conversation) {
        asked.add(request);
        return answer.apply(request, conversation);
    }

    @Override
    public void ended(String grantId, String how, int status, long durationMillis) {
        ended.add(grantId + " " + how + " " + status);
    }

    @Override
    public boolean carriedBySudo(LaunchRequest request) {
        return bySudo;
    }

    @Override
    public boolean binds(LaunchRequest request) {
        return against;
    }

    @Override
    public boolean started(String grantId, int pid, long startTicks) {
        if (fault.isPresent()) {
            throw fault.get();
        }
        started.add(grantId + " " + pid);
        return binds;
    }

    @Override
    public String ending(String grantId) {
        return why;
    }

    @Override
    public void noted(LaunchRequest request, String why) {
        noted.add(request.user() + " " + why);
    }

    @Override
    public PolicyEngine.Explanation explain(LaunchRequest request, String eventType) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Grant> endGrant(String id, String by, OptionalLong owner) {
        return Optional.empty();
    }

    @Override
    public List<Grant> grants() {
        return List.of();
    }
}
