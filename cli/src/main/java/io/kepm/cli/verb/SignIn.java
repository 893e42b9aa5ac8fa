package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.agent.Agent;
import io.kepm.cli.json.Json;
import java.util.Map;

/**
 * {@code kepm console}: a link that signs a browser in, alone on standard output; what to know
 * about it goes to standard error.
 */
public final class SignIn implements Verb {

    @Override
    public void declare(Usage usage) {
        usage.value("USER", "--browser");
    }

    @Override
    public int run(Call call) throws Fault {
        Map<String, Json> body =
                call.given()
                        .value("--browser")
                        .map(user -> Map.of("browser", Json.of(user)))
                        .orElseGet(Map::of);
        Json given = call.agent().post("/api/console", Json.object(body), Agent.SHORT);
        if (!call.printed(given)) {
            call.console().line(call.screen().escape(given.at("link").text()));
            call.console()
                    .error(
                            call.say(
                                    "console.given",
                                    given.at("user").text(),
                                    given.at("browser").text()));
            call.console().error(call.say("console.certificate", given.at("sha256").text()));
        }
        return Exit.OK;
    }
}
