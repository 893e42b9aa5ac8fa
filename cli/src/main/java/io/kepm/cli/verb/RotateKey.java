package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.agent.Agent;
import io.kepm.cli.json.Json;
import java.util.Map;

/** {@code kepm storage rotate-key}: new keys for the store; nothing stored is written again. */
public final class RotateKey implements Verb {

    @Override
    public void declare(Usage usage) {}

    @Override
    public int run(Call call) throws Fault {
        Json done = call.agent().post("/api/storage/rotate-key", Json.object(Map.of()), Agent.LONG);
        if (!call.printed(done)) {
            for (String key : done.at("keys").texts()) {
                call.console().line(call.screen().escape(key));
            }
            call.console().line(call.say("storage.rotated"));
        }
        return Exit.OK;
    }
}
