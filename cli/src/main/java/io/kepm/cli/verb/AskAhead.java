package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.agent.Agent;
import io.kepm.cli.agent.Agent.Reply;
import io.kepm.cli.json.Json;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** {@code kepm request}: asks for the approval of a command ahead, and runs nothing. */
public final class AskAhead implements Verb {

    private static final int CONFLICT = 409;

    @Override
    public void declare(Usage usage) {
        usage.value("REASON", "--reason", "-m")
                .value("USER", "--user", "-u")
                .value("CODE", "--code")
                .command();
    }

    @Override
    public int run(Call call) throws Fault {
        Map<String, Json> body = new LinkedHashMap<>();
        body.put("argv", Json.texts(call.given().operands()));
        body.put("cwd", Json.of(Path.of("").toAbsolutePath().toString()));
        call.given().value("--user").ifPresent(user -> body.put("runAs", Json.of(user)));
        call.given().value("--reason").ifPresent(text -> body.put("reason", Json.of(text)));
        call.given().value("--code").ifPresent(code -> body.put("code", Json.of(code)));
        Json done = asked(call, body);
        if (call.printed(done)) {
            return Exit.OK;
        }
        if (done.at("id").text().isEmpty()) {
            call.console().line(call.say("ahead.not.needed"));
            return Exit.OK;
        }
        String state = done.at("state").text();
        call.console()
                .line(
                        call.say("request.now", ListRequests.shortId(done))
                                + " "
                                + call.screen()
                                        .paint(
                                                ListRequests.state(done).tone(),
                                                call.screen().escape(state)));
        call.console()
                .line(
                        state.equals("Approved")
                                ? call.say("ahead.run.it")
                                : call.say(
                                        "ahead.waits",
                                        String.join("; ", done.at("needs").texts())));
        return Exit.OK;
    }

    /** A factor that is missing is asked for once, where there is somebody to ask. */
    private static Json asked(Call call, Map<String, Json> body) throws Fault {
        Reply answer = reply(call, body);
        if (answer.status() == CONFLICT
                && answer.body().at("code").text().equals("control:mfa")
                && !body.containsKey("code")
                && !call.given().json()) {
            Optional<String> code = call.console().askHidden(call.say("ahead.factor.question"));
            if (code.isPresent()) {
                body.put("code", Json.of(code.get()));
                answer = reply(call, body);
            }
        }
        if (answer.status() == CONFLICT) {
            throw new Fault(
                    Exit.REFUSED,
                    call.screen().escape(answer.body().at("detail").text().replace("\n", "; ")));
        }
        return call.agent().good(answer);
    }

    private static Reply reply(Call call, Map<String, Json> body) throws Fault {
        return call.agent().ask("POST", "/api/requests", Json.object(body).toString(), Agent.LONG);
    }
}
