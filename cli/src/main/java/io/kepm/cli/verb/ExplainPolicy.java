package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.agent.Agent;
import io.kepm.cli.json.Json;
import io.kepm.cli.text.Tone;
import io.kepm.cli.text.Words;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code kepm policy explain}: the decision for a command, with the verdict of every filter. */
public final class ExplainPolicy implements Verb {

    @Override
    public void declare(Usage usage) {
        usage.required("USER", "--user", "-u")
                .value("TYPE", "--type", "-t")
                .value("USER", "--run-as", "-r")
                .value("DIR", "--cwd")
                .command();
    }

    @Override
    public int run(Call call) throws Fault {
        List<String> argv = call.given().operands();
        String user = call.given().value("--user").orElse("");
        String runAs = call.given().value("--run-as").orElse("root");
        Optional<String> here = Optional.ofNullable(System.getProperty("user.dir"));
        Map<String, Json> body = new LinkedHashMap<>();
        body.put("user", Json.of(user));
        body.put("type", Json.of(call.given().value("--type").orElse("CommandLine")));
        body.put("argv", Json.texts(argv));
        body.put("runAs", Json.of(runAs));
        body.put("cwd", Json.of(call.given().value("--cwd").or(() -> here).orElse("/")));
        Json answer = call.agent().post("/api/policies/explain", Json.object(body), Agent.LONG);
        if (!call.printed(answer)) {
            call.console().line(call.say("explain.title", user, Words.joined(argv), runAs));
            print(call, answer);
        }
        return Exit.OK;
    }

    private static void print(Call call, Json answer) {
        String decision = answer.at("decision").text();
        List<String> controls = answer.at("controls").texts();
        call.console()
                .line(
                        call.screen()
                                        .paint(
                                                States.outcome(decision),
                                                call.screen().escape(decision))
                                + (controls.isEmpty()
                                        ? ""
                                        : " "
                                                + call.say(
                                                        "explain.controls",
                                                        String.join(", ", controls)))
                                + "  "
                                + call.screen()
                                        .paint(
                                                Tone.QUIET,
                                                call.say(
                                                        "explain.revision",
                                                        answer.at("revision").text())));
        for (Json reason : answer.at("reasons").items()) {
            call.console().line("  " + call.say("explain.because", reason.at("text").text()));
        }
        for (Json watching : answer.at("wouldHave").items()) {
            call.console()
                    .line(
                            "  "
                                    + call.say(
                                            "explain.would",
                                            watching.at("policyId").text(),
                                            watching.at("outcome").text()));
        }
        if (!answer.at("redirect").text().isEmpty()) {
            call.console()
                    .line(
                            "  "
                                    + call.say(
                                            "explain.redirect",
                                            call.screen().escape(answer.at("redirect").text())));
        }
        considered(call, answer.at("considered").items());
    }

    private static void considered(Call call, List<Json> considered) {
        call.console().blank();
        call.console().line(call.messages().count("explain.considered", considered.size()));
        for (Json policy : considered) {
            boolean matched = true;
            for (Json filter : policy.at("filters").items()) {
                matched &= filter.at("matched").isTrue();
            }
            String text = call.screen().escape(policy.at("text").text());
            call.console()
                    .line(
                            "  "
                                    + mark(call, matched)
                                    + " "
                                    + call.screen().paint(Tone.STRONG, text));
            for (Json filter : policy.at("filters").items()) {
                call.console()
                        .line(
                                "      "
                                        + mark(call, filter.at("matched").isTrue())
                                        + " "
                                        + call.screen().escape(filter.at("filter").text())
                                        + ": "
                                        + call.screen().escape(filter.at("detail").text()));
            }
        }
    }

    private static String mark(Call call, boolean matched) {
        return matched ? call.screen().paint(Tone.GOOD, "+") : call.screen().paint(Tone.BAD, "-");
    }
}
