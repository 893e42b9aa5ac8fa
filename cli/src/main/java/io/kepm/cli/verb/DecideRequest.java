package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.agent.Agent;
import io.kepm.cli.agent.Route;
import io.kepm.cli.json.Json;
import io.kepm.cli.text.Facts;
import io.kepm.cli.text.Tone;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * {@code kepm approve}, {@code deny}, {@code escalate} and {@code withdraw}, and {@link Extend}:
 * shows what it is about, asks for the second factor where one is needed, and does it.
 */
public final class DecideRequest implements Verb {

    private final String act;

    public DecideRequest(String act) {
        this.act = act;
    }

    @Override
    public void declare(Usage usage) {
        usage.value("COMMENT", "--message", "-m").value("CODE", "--code").operand("ID");
    }

    @Override
    public int run(Call call) throws Fault {
        String id = call.given().operands().get(0);
        Json request = call.agent().get(new Route("/api/requests/" + path(call, id)));
        if (!call.given().json()) {
            show(call, request);
        }
        Map<String, Json> body = new LinkedHashMap<>();
        code(call, request).ifPresent(code -> body.put("code", Json.of(code)));
        call.given().value("--message").ifPresent(text -> body.put("comment", Json.of(text)));
        String target = "/api/requests/" + request.at("id").text();
        boolean withdraw = act.equals("withdraw");
        Json done =
                call.agent()
                        .good(
                                call.agent()
                                        .ask(
                                                withdraw ? "DELETE" : "POST",
                                                withdraw ? target : target + "/" + act,
                                                Json.object(body).toString(),
                                                Agent.LONG));
        if (!call.printed(done)) {
            String state = done.at("state").text();
            Tone tone = ListRequests.state(done).tone();
            call.console()
                    .line(
                            call.say("request.now", ListRequests.shortId(done))
                                    + " "
                                    + call.screen().paint(tone, call.screen().escape(state)));
        }
        return Exit.OK;
    }

    /** An id goes into a path: whatever else is typed is none. */
    static String path(Call call, String id) throws Fault {
        if (!id.matches("[0-9a-fA-F-]{6,64}")) {
            throw call.usage("request.id", id);
        }
        return id;
    }

    /** Root needs no code, and nobody does for what is their own. */
    private Optional<String> code(Call call, Json request) throws Fault {
        Optional<String> given = call.given().value("--code");
        boolean own =
                request.at("own").isTrue() && (act.equals("withdraw") || act.equals("escalate"));
        if (given.isPresent()
                || own
                || act.equals("withdraw")
                || !request.at("needsCode").isTrue()) {
            return given;
        }
        boolean password = request.at("proof").text().equals("password");
        Optional<String> typed = call.given().json() ? Optional.empty() : typed(call, password);
        if (typed.isEmpty()) {
            throw password ? call.usage("request.password.nobody") : call.usage("mfa.code.nobody");
        }
        return typed;
    }

    private static Optional<String> typed(Call call, boolean password) {
        return password
                ? call.console().askHidden(call.say("request.password.question"))
                : call.console().ask(call.say("mfa.code.question"));
    }

    private static void show(Call call, Json request) {
        new Facts(call.screen())
                .add(call.say("request.who"), request.at("user").text())
                .add(
                        call.say("request.what"),
                        Grants.command(request.at("path").text(), request.at("argv").texts()))
                .add(call.say("request.as"), request.at("runAs").text())
                .add(call.say("request.where"), request.at("cwd").text())
                .add(call.say("request.why"), request.at("reason").text())
                .add(call.say("request.needs"), String.join("; ", request.at("needs").texts()))
                .print(call.console());
    }
}
