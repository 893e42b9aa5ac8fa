package io.kepm.policy;

import io.kepm.api.policy.EvaluationRequest;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Requests for tests: a plain command of alice, with what a test changes about it. */
record Ask(EvaluationRequest request) {

    static Ask command(String path, String... arguments) {
        List<String> argv =
                Stream.concat(
                                Stream.of(path.substring(path.lastIndexOf('/') + 1)),
                                Stream.of(arguments))
                        .toList();
        return new Ask(
                new EvaluationRequest(
                        "r1",
                        "CommandLine",
                        "s1",
                        new EvaluationRequest.User(
                                "alice",
                                1001,
                                List.of("staff"),
                                Optional.of("/home/alice"),
                                Optional.empty()),
                        new EvaluationRequest.Machine("ws-17.example.org", "linux"),
                        new EvaluationRequest.Target(
                                path,
                                path,
                                argv,
                                Stream.of(arguments).map(Optional::of).toList(),
                                Optional.empty(),
                                List.of(),
                                List.of(),
                                false),
                        Optional.empty(),
                        EvaluationRequest.Access.READ,
                        "/home/alice",
                        "root",
                        List.of(),
                        Optional.empty(),
                        0,
                        false,
                        Optional.empty()));
    }

    Ask by(String name, String... groups) {
        EvaluationRequest.User u = request.user();
        return user(
                new EvaluationRequest.User(name, u.uid(), List.of(groups), u.home(), u.domain()));
    }

    Ask domain(String domain) {
        EvaluationRequest.User u = request.user();
        return user(
                new EvaluationRequest.User(
                        u.name(), u.uid(), u.groups(), u.home(), Optional.of(domain)));
    }

    Ask uid(long uid) {
        EvaluationRequest.User u = request.user();
        return user(new EvaluationRequest.User(u.name(), uid, u.groups(), u.home(), u.domain()));
    }

    Ask home(Optional<String> home) {
        EvaluationRequest.User u = request.user();
        return user(new EvaluationRequest.User(u.name(), u.uid(), u.groups(), home, u.domain()));
    }

    private Ask user(EvaluationRequest.User user) {
        EvaluationRequest r = request;
        return new Ask(
                new EvaluationRequest(
                        r.requestId(),
                        r.eventType(),
                        r.sessionId(),
                        user,
                        r.machine(),
                        r.target(),
                        r.url(),
                        r.access(),
                        r.cwd(),
                        r.runAs(),
                        r.runAsGroups(),
                        r.parent(),
                        r.aiLikelihoodPercent(),
                        r.hasDesktop(),
                        r.justification()));
    }

    Ask host(String host) {
        EvaluationRequest r = request;
        return new Ask(
                new EvaluationRequest(
                        r.requestId(),
                        r.eventType(),
                        r.sessionId(),
                        r.user(),
                        new EvaluationRequest.Machine(host, "linux"),
                        r.target(),
                        r.url(),
                        r.access(),
                        r.cwd(),
                        r.runAs(),
                        r.runAsGroups(),
                        r.parent(),
                        r.aiLikelihoodPercent(),
                        r.hasDesktop(),
                        r.justification()));
    }

    Ask type(String type) {
        EvaluationRequest r = request;
        return new Ask(
                new EvaluationRequest(
                        type,
                        type,
                        r.sessionId(),
                        r.user(),
                        r.machine(),
                        r.target(),
                        r.url(),
                        r.access(),
                        r.cwd(),
                        r.runAs(),
                        r.runAsGroups(),
                        r.parent(),
                        r.aiLikelihoodPercent(),
                        r.hasDesktop(),
                        r.justification()));
    }

    Ask url(String url) {
        EvaluationRequest r = request;
        return new Ask(
                new EvaluationRequest(
                        r.requestId(),
                        r.eventType(),
                        r.sessionId(),
                        r.user(),
                        r.machine(),
                        r.target(),
                        Optional.of(url),
                        r.access(),
                        r.cwd(),
                        r.runAs(),
                        r.runAsGroups(),
                        r.parent(),
                        r.aiLikelihoodPercent(),
                        r.hasDesktop(),
                        r.justification()));
    }

    Ask runAs(String runAs, String... groups) {
        EvaluationRequest r = request;
        return new Ask(
                new EvaluationRequest(
                        r.requestId(),
                        r.eventType(),
                        r.sessionId(),
                        r.user(),
                        r.machine(),
                        r.target(),
                        r.url(),
                        r.access(),
                        r.cwd(),
                        runAs,
                        List.of(groups),
                        r.parent(),
                        r.aiLikelihoodPercent(),
                        r.hasDesktop(),
                        r.justification()));
    }

    Ask cwd(String cwd) {
        EvaluationRequest r = request;
        return new Ask(
                new EvaluationRequest(
                        r.requestId(),
                        r.eventType(),
                        r.sessionId(),
                        r.user(),
                        r.machine(),
                        r.target(),
                        r.url(),
                        r.access(),
                        cwd,
                        r.runAs(),
                        r.runAsGroups(),
                        r.parent(),
                        r.aiLikelihoodPercent(),
                        r.hasDesktop(),
                        r.justification()));
    }

    Ask real(String realPath) {
        EvaluationRequest.Target t = request.target();
        return target(
                new EvaluationRequest.Target(
                        t.path(),
                        realPath,
                        t.argv(),
                        t.argvReal(),
                        t.sha256(),
                        t.certificates(),
                        t.signerUnknown(),
                        t.unsafe(),
                        t.setuid()));
    }

    Ask argv(List<String> argv) {
        EvaluationRequest.Target t = request.target();
        return target(
                new EvaluationRequest.Target(
                        t.path(),
                        t.realPath(),
                        argv,
                        t.argvReal(),
                        t.sha256(),
                        t.certificates(),
                        t.signerUnknown(),
                        t.unsafe(),
                        t.setuid()));
    }

    Ask argvReal(List<Optional<String>> argvReal) {
        EvaluationRequest.Target t = request.target();
        return target(
                new EvaluationRequest.Target(
                        t.path(),
                        t.realPath(),
                        t.argv(),
                        argvReal,
                        t.sha256(),
                        t.certificates(),
                        t.signerUnknown(),
                        t.unsafe(),
                        t.setuid()));
    }

    Ask digest(String sha256) {
        EvaluationRequest.Target t = request.target();
        return target(
                new EvaluationRequest.Target(
                        t.path(),
                        t.realPath(),
                        t.argv(),
                        t.argvReal(),
                        Optional.of(sha256),
                        t.certificates(),
                        t.signerUnknown(),
                        t.unsafe(),
                        t.setuid()));
    }

    Ask unsafe(String... reasons) {
        EvaluationRequest.Target t = request.target();
        return target(
                new EvaluationRequest.Target(
                        t.path(),
                        t.realPath(),
                        t.argv(),
                        t.argvReal(),
                        t.sha256(),
                        t.certificates(),
                        t.signerUnknown(),
                        List.of(reasons),
                        t.setuid()));
    }

    Ask signedBy(String... prints) {
        return signed(List.of(prints), "");
    }

    /** Nobody can say who signed it. */
    Ask signedByWhomever(String why) {
        return signed(List.of(), why);
    }

    private Ask signed(List<String> prints, String unknown) {
        EvaluationRequest.Target t = request.target();
        return target(
                new EvaluationRequest.Target(
                        t.path(),
                        t.realPath(),
                        t.argv(),
                        t.argvReal(),
                        t.sha256(),
                        prints,
                        unknown,
                        t.unsafe(),
                        t.setuid()));
    }

    Ask setuid() {
        EvaluationRequest.Target t = request.target();
        return target(
                new EvaluationRequest.Target(
                        t.path(),
                        t.realPath(),
                        t.argv(),
                        t.argvReal(),
                        t.sha256(),
                        t.certificates(),
                        t.signerUnknown(),
                        t.unsafe(),
                        true));
    }

    private Ask target(EvaluationRequest.Target target) {
        EvaluationRequest r = request;
        return new Ask(
                new EvaluationRequest(
                        r.requestId(),
                        r.eventType(),
                        r.sessionId(),
                        r.user(),
                        r.machine(),
                        target,
                        r.url(),
                        r.access(),
                        r.cwd(),
                        r.runAs(),
                        r.runAsGroups(),
                        r.parent(),
                        r.aiLikelihoodPercent(),
                        r.hasDesktop(),
                        r.justification()));
    }
}
