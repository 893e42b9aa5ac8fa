package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.agent.Agent;
import io.kepm.cli.agent.Route;
import io.kepm.cli.json.Json;
import io.kepm.cli.text.Words;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code kepm offline-code status|import|forget|challenge|enter}: approval by a code that an
 * approver reads out, on the machine that it is for.
 */
public final class OfflineCode implements Verb {

    private static final String KEY = "/api/offline-key";
    private static final int LONGEST_LINE = 256;

    private final String act;

    public OfflineCode(String act) {
        this.act = act;
    }

    @Override
    public void declare(Usage usage) {
        switch (act) {
            case "import" -> usage.operand("FILE");
            case "challenge" -> usage.operand("ID");
            case "enter" -> usage.value("CODE", "--code").operand("ID");
            default -> {}
        }
    }

    @Override
    public int run(Call call) throws Fault {
        return switch (act) {
            case "import" -> shown(call, call.agent().post(KEY, key(call), Agent.SHORT));
            case "forget" ->
                    shown(
                            call,
                            call.agent().good(call.agent().ask("DELETE", KEY, "{}", Agent.SHORT)));
            case "challenge" -> challenge(call);
            case "enter" -> enter(call);
            default -> shown(call, call.agent().get(new Route(KEY)));
        };
    }

    private static int shown(Call call, Json status) {
        boolean hasKey = status.at("hasKey").isTrue();
        if (!call.printed(status)) {
            String machine = status.at("machine").text();
            call.console()
                    .line(
                            hasKey
                                    ? call.say(
                                            "offline.keyed",
                                            machine,
                                            status.at("fingerprint").text())
                                    : call.say("offline.keyless", machine));
        }
        return Exit.OK;
    }

    /** Never on the command line, where everybody could read it. */
    private static Json key(Call call) throws Fault {
        String name = call.given().operands().get(0);
        try {
            Path file = Path.of(name.equals("-") ? "/dev/stdin" : name);
            byte[] bytes;
            try (var in = Files.newInputStream(file)) {
                bytes = in.readNBytes(LONGEST_LINE + 1);
            }
            String line = new String(bytes, StandardCharsets.UTF_8).strip();
            if (line.isEmpty() || line.length() > LONGEST_LINE) {
                throw call.usage("offline.key.none", name);
            }
            return Json.object(Map.of("key", Json.of(line)));
        } catch (IOException | InvalidPathException e) {
            throw call.failed("offline.key.unread", name, ExportFile.cause(e));
        }
    }

    private static int challenge(Call call) throws Fault {
        Json done =
                call.agent()
                        .post(
                                "/api/requests/" + id(call) + "/challenge",
                                Json.object(Map.of()),
                                Agent.SHORT);
        if (!call.printed(done)) {
            call.console().line(call.say("offline.read"));
            call.console().line("  " + call.screen().escape(done.at("challenge").text()));
            call.console().line("  " + call.screen().escape(spoken(done.at("request"))));
            call.console().line(call.say("offline.then", ListRequests.shortId(done.at("request"))));
        }
        return Exit.OK;
    }

    /** What the approver types after `--user`, word for word. */
    private static String spoken(Json request) {
        String runAs = request.at("runAs").text();
        List<String> argv = request.at("argv").texts();
        List<String> words = new ArrayList<>(List.of(request.at("path").text()));
        words.addAll(argv.subList(Math.min(1, argv.size()), argv.size()));
        return "--user "
                + request.at("user").text()
                + (runAs.equals("root") ? "" : " --run-as " + runAs)
                + " -- "
                + Words.joined(words);
    }

    private static int enter(Call call) throws Fault {
        String path = "/api/requests/" + id(call) + "/answer";
        Optional<String> code =
                call.given()
                        .value("--code")
                        .or(
                                () ->
                                        call.given().json()
                                                ? Optional.empty()
                                                : call.console().ask(call.say("offline.question")));
        if (code.isEmpty() || code.get().isEmpty()) {
            throw call.usage("offline.nobody");
        }
        Json done =
                call.agent()
                        .post(path, Json.object(Map.of("code", Json.of(code.get()))), Agent.SHORT);
        if (!call.printed(done)) {
            call.console()
                    .line(
                            call.say("request.now", ListRequests.shortId(done))
                                    + " "
                                    + call.screen()
                                            .paint(
                                                    ListRequests.state(done).tone(),
                                                    call.screen().escape(done.at("state").text())));
        }
        return Exit.OK;
    }

    private static String id(Call call) throws Fault {
        return DecideRequest.path(call, call.given().operands().get(0));
    }
}
