package io.kepm.https;

import io.kepm.api.elevation.LaunchDecision;
import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.json.Fields;
import io.kepm.api.linux.Accounts.Account;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.policy.DecisionJson;
import io.kepm.api.policy.EvaluationForm;
import io.kepm.api.policy.EventType;
import io.kepm.api.policy.PolicyEngine;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The loaded policy set: what is in it, load it again, explain what it says. */
final class PolicyActions {

    private static final int TEXT = 4096;

    private final PolicyEngine engine;
    private final LaunchDecision launches;
    private final People people;
    private final CommandPath commands;

    PolicyActions(
            PolicyEngine engine, LaunchDecision launches, People people, CommandPath commands) {
        this.engine = engine;
        this.launches = launches;
        this.people = people;
        this.commands = commands;
    }

    Answer list(Call call) {
        PolicyEngine.Status status = engine.status();
        return Page.of(
                call,
                engine.policies(),
                summary -> summary.policy().id(),
                PolicyActions::json,
                json(status));
    }

    Answer one(Call call) {
        String id = call.variables().getOrDefault("id", "");
        return engine.policies().stream()
                .filter(summary -> summary.policy().id().equalsIgnoreCase(id))
                .findFirst()
                .map(
                        summary -> {
                            Map<String, Object> body = json(summary);
                            body.put("revision", engine.status().revision().label());
                            return Answer.ok(body);
                        })
                .orElseGet(() -> Answer.problem(404, "no policy in force has this id"));
    }

    /**
     * What the loader would say to a policy; no effect. Its faults are the answer, not an error.
     */
    Answer validate(Call call) {
        List<String> faults =
                engine.check(new String(JsonText.write(call.body()), StandardCharsets.UTF_8));
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("valid", faults.isEmpty());
        body.put("faults", faults);
        return Answer.ok(body);
    }

    /** 422 when the folder was refused; then the set that was in force still is. */
    Answer reload(Call call) {
        PolicyEngine.Status status = engine.reload();
        if (status.failure().isEmpty()) {
            return Answer.ok(json(status)).noted("revision " + status.revision().label());
        }
        List<Fields.Fault> faults =
                status.failure().stream().map(line -> new Fields.Fault("", line)).toList();
        Answer refused =
                Answer.problem(
                        422,
                        "the folder was refused and the set in force stays: correct what `errors`"
                                + " names and load it again",
                        faults);
        Map<String, Object> body = new LinkedHashMap<>(refused.body().orElse(Map.of()));
        body.putAll(json(status));
        return new Answer(
                refused.status(),
                refused.contentType(),
                Optional.of(body),
                refused.headers(),
                refused.close(),
                String.join("; ", status.failure()));
    }

    /** What policy would say to a command of a user, filter by filter; no effect. */
    Answer explain(Call call) throws NameServiceException {
        Fields fields = new Fields(call.body());
        String user = fields.requiredText("user", 256);
        String type = fields.text("type", 64).orElse(EventType.COMMAND_LINE.wireName());
        List<String> argv = fields.texts("argv").orElse(List.of());
        String runAs = fields.text("runAs", 256).orElse("root");
        String cwd = fields.text("cwd", TEXT).orElse("/");
        if (argv.isEmpty()) {
            fields.fault("argv", "missing: the command and its arguments");
        }
        if (EventType.of(type).isEmpty()) {
            fields.fault("type", "no event type of that name");
        }
        Optional<String> path = argv.isEmpty() ? Optional.empty() : commands.find(argv.get(0));
        if (!argv.isEmpty() && path.isEmpty()) {
            fields.fault("argv/0", "no such command: name it by its absolute path");
        }
        Optional<Account> account = people.byName(user);
        if (account.isEmpty() && fields.has("user")) {
            fields.fault("user", "no such user");
        }
        if (!fields.faults().isEmpty() || account.isEmpty() || path.isEmpty()) {
            return Answer.invalid(fields.faults());
        }
        LaunchRequest request = request(account.get(), path.get(), argv, runAs, cwd);
        PolicyEngine.Explanation explanation = launches.explain(request, type);
        Map<String, Object> body =
                DecisionJson.of(request.requestId(), explanation.evaluation(), true);
        explanation.redirect().ifPresent(redirect -> body.put("redirect", redirect.text()));
        body.put("considered", DecisionJson.reasons(explanation.considered(), true));
        return Answer.ok(body);
    }

    private static LaunchRequest request(
            Account account, String path, List<String> argv, String runAs, String cwd) {
        return LaunchRequest.by("api", account.name(), account.uid(), path, argv)
                .requestId(EvaluationForm.freshId())
                .runAs(runAs)
                .cwd(cwd)
                .descriptorNote("asked over the API, nothing is run")
                .build();
    }

    private Map<String, Object> json(PolicyEngine.Status status) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("revision", status.revision().label());
        body.put("sha256", status.revision().sha256());
        body.put("loadedAt", status.loadedAt());
        body.put("folder", status.folder().toString());
        body.put("failure", status.failure());
        body.put("count", (long) engine.policies().size());
        return body;
    }

    private static Map<String, Object> json(PolicyEngine.Summary summary) {
        Map<String, Object> policy = new LinkedHashMap<>();
        policy.put("id", summary.policy().id());
        policy.put("name", summary.policy().name());
        policy.put("version", (long) summary.policy().version());
        policy.put("type", summary.type());
        policy.put("status", summary.status());
        policy.put("controls", summary.controls());
        summary.file().ifPresent(file -> policy.put("file", file));
        return policy;
    }
}
