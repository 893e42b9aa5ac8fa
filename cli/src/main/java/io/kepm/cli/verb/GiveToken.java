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
 * {@code kepm token admin} and {@code kepm token scrape}: a token, alone on standard output, so
 * that a script can take it; what to know about it goes to standard error.
 */
public final class GiveToken implements Verb {

    private final String kind;

    public GiveToken(String kind) {
        this.kind = kind;
    }

    @Override
    public void declare(Usage usage) {}

    @Override
    public int run(Call call) throws Fault {
        Json given =
                call.agent()
                        .post(
                                "/api/tokens",
                                Json.object(Map.of("kind", Json.of(kind))),
                                Agent.SHORT);
        if (!call.printed(given)) {
            call.console().line(call.screen().escape(given.at("token").text()));
            call.console().error(call.say("token.given." + kind, given.at("id").text()));
        }
        return Exit.OK;
    }
}
