package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.agent.Agent;
import io.kepm.cli.agent.Agent.Reply;
import io.kepm.cli.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * {@code kepm extend}: more time for a command of one's own that runs, or, where the number is a
 * request's, the time of its state once more.
 */
public final class Extend implements Verb {

    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;

    private final DecideRequest request = new DecideRequest("extend");

    @Override
    public void declare(Usage usage) {
        request.declare(usage);
    }

    @Override
    public int run(Call call) throws Fault {
        String id = call.given().operands().get(0);
        // It goes into a path: whatever else is typed is none.
        if (!id.matches("[0-9a-fA-F-]{6,64}")) {
            throw call.usage("extend.id", id);
        }
        Reply known = call.agent().ask("GET", "/api/requests/" + id, "", Agent.SHORT);
        return known.status() == NOT_FOUND ? grant(call, id) : request.run(call);
    }

    private static int grant(Call call, String id) throws Fault {
        Map<String, Json> body = new LinkedHashMap<>();
        call.given().value("--message").ifPresent(text -> body.put("reason", Json.of(text)));
        call.given().value("--code").ifPresent(code -> body.put("code", Json.of(code)));
        Json done = asked(call, id, body);
        if (call.printed(done)) {
            return Exit.OK;
        }
        if (done.at("to").text().isEmpty()) {
            call.console()
                    .line(
                            call.say(
                                    "extend.waits",
                                    ListRequests.shortId(done),
                                    String.join("; ", done.at("needs").texts())));
            return Exit.OK;
        }
        call.console()
                .line(
                        call.say(
                                "extend.done",
                                call.times().left(done.at("to").text()),
                                Grants.command(done.at("path").text(), done.at("argv").texts())));
        return Exit.OK;
    }

    /** A factor that is missing is asked for once, where there is somebody to ask. */
    private static Json asked(Call call, String id, Map<String, Json> body) throws Fault {
        Reply answer = reply(call, id, body);
        if (isCode(answer, "control:mfa") && !body.containsKey("code") && !call.given().json()) {
            Optional<String> code = call.console().askHidden(call.say("ahead.factor.question"));
            if (code.isPresent()) {
                body.put("code", Json.of(code.get()));
                answer = reply(call, id, body);
            }
        }
        if (isCode(answer, "control:operatorapproval") && !call.given().json()) {
            String question = call.say("extend.confirm");
            if (call.console().confirm(question).filter(yes -> yes).isPresent()) {
                body.put("confirm", Json.of(true));
                answer = reply(call, id, body);
            }
        }
        if (answer.status() == CONFLICT) {
            throw new Fault(
                    Exit.REFUSED,
                    call.screen().escape(answer.body().at("detail").text().replace("\n", "; ")));
        }
        return call.agent().good(answer);
    }

    private static boolean isCode(Reply answer, String code) {
        return answer.status() == CONFLICT && answer.body().at("code").text().equals(code);
    }

    private static Reply reply(Call call, String id, Map<String, Json> body) throws Fault {
        String path = "/api/grants/" + id + "/extend";
        return call.agent().ask("POST", path, Json.object(body).toString(), Agent.LONG);
    }
}
