package io.kepm.policy;

import com.fasterxml.jackson.databind.JsonNode;
import io.kepm.api.policy.EvaluationRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The request of a case, with what it leaves out filled in (policy.md §8). */
final class CaseRequest {

    private static final EvaluationRequest.Machine LOCALHOST =
            new EvaluationRequest.Machine("localhost", "linux");

    private CaseRequest() {}

    static EvaluationRequest.Machine machine(Optional<Members> stated) {
        if (stated.isEmpty()) {
            return LOCALHOST;
        }
        Members members = stated.get();
        EvaluationRequest.Machine machine =
                new EvaluationRequest.Machine(
                        members.text("hostname").orElse(LOCALHOST.hostname()),
                        members.text("os").orElse(LOCALHOST.os()));
        members.refuseOthers();
        return machine;
    }

    static EvaluationRequest of(Members request, EvaluationRequest.Machine machine) {
        EvaluationRequest read =
                new EvaluationRequest(
                        request.text("requestId").orElse("case"),
                        request.requiredText("eventType"),
                        request.text("sessionId").orElse(""),
                        request.object("user")
                                .map(CaseRequest::user)
                                .orElseGet(() -> nobody(request)),
                        request.has("machine") ? machine(request.object("machine")) : machine,
                        request.object("target")
                                .map(CaseRequest::target)
                                .orElseGet(() -> nothing(request)),
                        request.textOrNull("url"),
                        access(request),
                        request.text("cwd").orElse("/"),
                        request.text("runAs").orElse(Matcher.ROOT),
                        request.texts("runAsGroups"),
                        request.object("parent").map(CaseRequest::parent),
                        request.integer(
                                "aiLikelihoodPercent", 0, Integer.MIN_VALUE, Integer.MAX_VALUE),
                        request.flag("hasDesktop", false),
                        request.textOrNull("justification"));
        request.refuseOthers();
        return read;
    }

    private static EvaluationRequest.User nobody(Members request) {
        request.place("user").refuse("missing");
        return new EvaluationRequest.User("", 0, List.of(), Optional.empty(), Optional.empty());
    }

    private static EvaluationRequest.User user(Members user) {
        String name = user.requiredText("name");
        Optional<JsonNode> uid = user.any("uid");
        if (uid.filter(u -> !u.isIntegralNumber()).isPresent()) {
            user.place("uid").refuse("an integer is expected");
        }
        Optional<String> home =
                user.has("home") ? user.textOrNull("home") : Optional.of("/home/" + name);
        EvaluationRequest.User read =
                new EvaluationRequest.User(
                        name,
                        uid.map(JsonNode::asLong).orElse(1000L),
                        user.texts("groups"),
                        home,
                        user.textOrNull("domain"));
        user.refuseOthers();
        return read;
    }

    private static EvaluationRequest.Target nothing(Members request) {
        request.place("target").refuse("missing");
        return new EvaluationRequest.Target(
                "", "", List.of(), List.of(), Optional.empty(), List.of(), List.of(), false);
    }

    private static EvaluationRequest.Target target(Members target) {
        String path = target.requiredText("path");
        List<String> argv = target.has("argv") ? target.texts("argv") : List.of(path);
        EvaluationRequest.Target read =
                new EvaluationRequest.Target(
                        path,
                        target.text("realPath").orElse(path),
                        argv,
                        argvReal(target, argv),
                        target.textOrNull("sha256"),
                        target.texts("certificates"),
                        target.text("signerUnknown").orElse(""),
                        target.texts("unsafe"),
                        target.flag("setuid", false));
        target.refuseOthers();
        return read;
    }

    private static List<Optional<String>> argvReal(Members target, List<String> argv) {
        if (!target.has("argvReal")) {
            return argv.stream().skip(1).map(Optional::of).toList();
        }
        List<Optional<String>> reals = new ArrayList<>();
        for (JsonNode item : target.items("argvReal")) {
            reals.add(Optional.of(item).filter(JsonNode::isTextual).map(JsonNode::textValue));
        }
        return reals;
    }

    private static EvaluationRequest.Access access(Members request) {
        String word = request.text("access").orElse("read");
        if (!word.equalsIgnoreCase("read") && !word.equalsIgnoreCase("write")) {
            request.place("access").refuse("`read` or `write` is expected");
        }
        return word.equalsIgnoreCase("write")
                ? EvaluationRequest.Access.WRITE
                : EvaluationRequest.Access.READ;
    }

    private static EvaluationRequest.Parent parent(Members parent) {
        EvaluationRequest.Parent read =
                new EvaluationRequest.Parent(
                        parent.integer("pid", 0, 0, Integer.MAX_VALUE),
                        parent.text("path").orElse("/"));
        parent.refuseOthers();
        return read;
    }
}
