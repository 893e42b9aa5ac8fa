package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.json.Json;
import io.kepm.cli.text.Facts;
import io.kepm.cli.text.Tone;
import io.kepm.cli.text.Words;
import io.kepm.policy.OfflinePolicies;
import io.kepm.policy.WhoCan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code kepm policy who-can}: by which policies a command is given or ruled out, and to whom. */
public final class WhoCanRun implements Verb {

    private static final String ENFORCE = "enforce";
    private static final String DENY = "DENY";

    @Override
    public void declare(Usage usage) {
        OpenPolicies.declare(usage);
        usage.value("DIR", "--policies", "-p").command();
    }

    @Override
    public int run(Call call) throws Fault {
        String folder = call.given().value("--policies").orElse(call.world().policies().toString());
        OfflinePolicies policies = OpenPolicies.read(call, folder);
        WhoCan.Command command = CommandOnDisk.of(call, call.given().operands());
        List<WhoCan.Line> lines = new WhoCan(policies).ask(command);
        boolean given = lines.stream().anyMatch(l -> isInForce(l) && !l.outcome().equals(DENY));
        if (!call.printed(json(policies, command, lines))) {
            print(call, command, lines);
            OpenPolicies.print(call, policies);
        }
        return given ? Exit.OK : Exit.FAILED;
    }

    private static boolean isInForce(WhoCan.Line line) {
        return line.status().equals(ENFORCE);
    }

    private static Json json(OfflinePolicies set, WhoCan.Command command, List<WhoCan.Line> lines) {
        List<Json> policies = new ArrayList<>();
        for (WhoCan.Line line : lines) {
            Map<String, Json> one = new LinkedHashMap<>();
            one.put("policyId", Json.of(line.policy().id()));
            one.put("policyName", Json.of(line.policy().name()));
            one.put("policyVersion", Json.of(line.policy().version()));
            one.put("status", Json.of(line.status()));
            one.put("outcome", Json.of(line.outcome()));
            one.put("users", Json.texts(line.users()));
            one.put("machines", Json.texts(line.machines()));
            one.put("runAs", Json.texts(line.runAs()));
            one.put("controls", Json.texts(line.controls()));
            one.put("limits", Json.texts(line.limits()));
            one.put("uncertain", Json.of(line.uncertain()));
            one.put("reason", Json.of(line.reason()));
            policies.add(Json.object(one));
        }
        Map<String, Json> json = new LinkedHashMap<>();
        json.put("path", Json.of(command.path()));
        json.put("realPath", Json.of(command.realPath()));
        json.put("argv", Json.texts(command.argv()));
        json.put("sha256", command.sha256().map(Json::of).orElse(Json.NULL));
        json.put("unsafe", Json.texts(command.unsafe()));
        json.put("policies", Json.list(policies));
        json.put("settings", OpenPolicies.settings(set));
        return Json.object(json);
    }

    private static void print(Call call, WhoCan.Command command, List<WhoCan.Line> lines) {
        List<String> words = new ArrayList<>(command.argv());
        words.set(0, command.path());
        call.console().line(call.say("who.title", Words.joined(words)));
        List<WhoCan.Line> given = new ArrayList<>();
        List<WhoCan.Line> denied = new ArrayList<>();
        List<WhoCan.Line> watching = new ArrayList<>();
        for (WhoCan.Line line : lines) {
            (!isInForce(line) ? watching : line.outcome().equals(DENY) ? denied : given).add(line);
        }
        if (given.isEmpty()) {
            call.console().line(call.screen().paint(Tone.STRONG, call.say("who.nobody")));
        }
        section(call, "who.given", given);
        section(call, "who.denied", denied);
        section(call, "who.watching", watching);
        if (!given.isEmpty() && !denied.isEmpty()) {
            call.console().blank();
            call.console().line(call.say("who.wins"));
        }
    }

    private static void section(Call call, String key, List<WhoCan.Line> lines) {
        for (WhoCan.Line line : lines) {
            String name = call.say(key, line.policy().name(), line.policy().id(), line.status());
            call.console().blank();
            call.console().line(call.screen().paint(Tone.STRONG, name));
            String users = String.join(", ", line.users());
            new Facts(call.screen())
                    .add(call.say("who.users"), users.isEmpty() ? call.say("who.none") : users)
                    .add(call.say("who.machines"), String.join(", ", line.machines()))
                    .add(call.say("who.as"), String.join(", ", line.runAs()))
                    .add(
                            call.say("who.controls"),
                            String.join(", ", line.controls()),
                            States.outcome(line.outcome()))
                    .add(call.say("who.limits"), String.join("; ", line.limits()))
                    .add(call.say("who.perhaps"), line.uncertain() ? call.say("who.uncertain") : "")
                    .add(call.say("who.because"), line.reason())
                    .print(call.console());
        }
    }
}
