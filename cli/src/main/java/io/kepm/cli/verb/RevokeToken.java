package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.agent.Agent;
import io.kepm.cli.json.Json;
import java.util.Map;

/** {@code kepm token revoke}: a token is worth nothing from now on. */
public final class RevokeToken implements Verb {

    @Override
    public void declare(Usage usage) {
        usage.operand("ID");
    }

    @Override
    public int run(Call call) throws Fault {
        String id = call.given().operands().get(0);
        Json done =
                call.agent()
                        .post(
                                "/api/tokens/revoke",
                                Json.object(Map.of("id", Json.of(id))),
                                Agent.SHORT);
        if (!call.printed(done)) {
            call.console().line(call.say("token.revoked", done.at("revoked").text()));
        }
        return Exit.OK;
    }
}
