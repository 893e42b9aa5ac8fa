package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.agent.Agent;
import io.kepm.cli.agent.Route;
import io.kepm.cli.json.Json;
import io.kepm.cli.text.Tone;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** {@code kepm mfa enroll|status|remove|admit}: the second factor of a user. */
public final class SecondFactor implements Verb {

    private final String act;

    public SecondFactor(String act) {
        this.act = act;
    }

    @Override
    public void declare(Usage usage) {
        switch (act) {
            case "enroll" -> usage.value("CODE", "--code");
            case "remove" -> usage.value("CODE", "--code").operand("USER");
            case "admit" -> usage.operand("USER");
            default -> {}
        }
    }

    @Override
    public int run(Call call) throws Fault {
        return switch (act) {
            case "enroll" -> enroll(call);
            case "remove" -> remove(call);
            case "admit" -> admit(call);
            default -> status(call);
        };
    }

    private static int status(Call call) throws Fault {
        Json status = call.agent().get(new Route("/api/mfa"));
        if (!call.printed(status)) {
            boolean enrolled = status.at("enrolled").isTrue();
            call.console()
                    .line(
                            enrolled
                                    ? call.say("mfa.enrolled", status.at("recoveryCodes").text())
                                    : call.say("mfa.none"));
        }
        return status.at("enrolled").isTrue() ? Exit.OK : Exit.FAILED;
    }

    private static int enroll(Call call) throws Fault {
        Json begun = call.agent().post("/api/mfa/enroll", proof(call), Agent.LONG);
        if (call.given().json()) {
            // A script confirms by itself, with POST /api/mfa/confirm.
            call.printed(begun);
            return Exit.OK;
        }
        String uri = begun.at("uri").text();
        if (call.screen().terminal() && call.screen().unicode()) {
            call.console().line(call.say("mfa.scan"));
            QrPicture.of(uri, call.screen().columns()).forEach(call.console()::line);
        }
        call.console().line(call.say("mfa.secret", begun.at("secret").text()));
        call.console().line(call.say("mfa.uri", uri));
        Json enrolled = Json.MISSING;
        while (enrolled.at("recoveryCodes").isEmpty()) {
            Optional<String> typed = call.console().ask(call.say("mfa.first.question"));
            if (typed.isEmpty() || typed.get().isEmpty()) {
                throw call.usage("mfa.code.nobody");
            }
            enrolled = confirmed(call, typed.get());
        }
        call.console().line(call.screen().paint(Tone.GOOD, call.say("mfa.done")));
        call.console().line(call.say("mfa.recovery"));
        for (String one : enrolled.at("recoveryCodes").texts()) {
            call.console().line("  " + call.screen().escape(one));
        }
        return Exit.OK;
    }

    /** A code of the factor there is, an administrator's that waits, or the account's password. */
    private static Json proof(Call call) throws Fault {
        Json status = call.agent().get(new Route("/api/mfa"));
        if (status.at("enrolled").isTrue() || call.given().value("--code").isPresent()) {
            return body(code(call, "mfa.present.question"));
        }
        if (status.at("admitted").isTrue()) {
            return body(code(call, "mfa.admission.question"));
        }
        Optional<String> password =
                call.given().json()
                        ? Optional.empty()
                        : call.console().askHidden(call.say("mfa.password.question"));
        if (password.isEmpty() || password.get().isEmpty()) {
            throw call.usage("mfa.password.nobody");
        }
        return Json.object(Map.of("password", Json.of(password.get())));
    }

    /** Nothing in it when the code was wrong and another may be tried. */
    private static Json confirmed(Call call, String code) throws Fault {
        Agent.Reply reply =
                call.agent().ask("POST", "/api/mfa/confirm", body(code).toString(), Agent.SHORT);
        String detail = reply.body().at("detail").text();
        if (reply.status() == 409 && detail.startsWith("wrong code")) {
            call.console().error(call.screen().escape(detail));
            return Json.MISSING;
        }
        return call.agent().good(reply);
    }

    private int remove(Call call) throws Fault {
        String user = user(call);
        boolean admin = call.agent().get(new Route("/api/mfa")).at("admin").isTrue();
        String proof = admin ? "" : code(call, "mfa.present.question");
        Json done =
                call.agent()
                        .good(
                                call.agent()
                                        .ask(
                                                "DELETE",
                                                "/api/mfa/" + user,
                                                body(proof).toString(),
                                                Agent.SHORT));
        if (!call.printed(done)) {
            call.console().line(call.say("mfa.removed", user));
        }
        return Exit.OK;
    }

    private static int admit(Call call) throws Fault {
        String user = user(call);
        Json done =
                call.agent()
                        .post("/api/mfa/" + user + "/admit", Json.object(Map.of()), Agent.SHORT);
        if (!call.printed(done)) {
            call.console().line(call.say("mfa.admitted", user, done.at("code").text()));
        }
        return Exit.OK;
    }

    /** A name goes into a path. */
    private static String user(Call call) throws Fault {
        String user = call.given().operands().get(0);
        if (!user.matches("[A-Za-z0-9_.@-]{1,256}") || user.matches("[.]+")) {
            throw call.usage("mfa.user", user);
        }
        return user;
    }

    private static String code(Call call, String question) throws Fault {
        Optional<String> given = call.given().value("--code");
        if (given.isPresent()) {
            return given.get();
        }
        Optional<String> typed =
                call.given().json() ? Optional.empty() : call.console().ask(call.say(question));
        if (typed.isEmpty()) {
            throw call.usage("mfa.code.nobody");
        }
        return typed.get();
    }

    private static Json body(String code) {
        Map<String, Json> body = new LinkedHashMap<>();
        if (!code.isEmpty()) {
            body.put("code", Json.of(code));
        }
        return Json.object(body);
    }
}
