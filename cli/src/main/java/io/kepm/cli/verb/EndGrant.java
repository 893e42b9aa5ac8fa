package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.agent.Agent;
import io.kepm.cli.json.Json;

/** {@code kepm release}: gives a grant back before its end; root takes anybody's. It is final. */
public final class EndGrant implements Verb {

    @Override
    public void declare(Usage usage) {
        usage.operand("ID");
    }

    @Override
    public int run(Call call) throws Fault {
        String id = call.given().operands().get(0);
        // It goes into a path: whatever else is typed is none.
        if (!id.matches("[0-9a-fA-F-]{6,64}")) {
            throw call.usage("grant.id", id);
        }
        Json ended =
                call.agent()
                        .good(call.agent().ask("DELETE", "/api/grants/" + id, "{}", Agent.SHORT));
        if (!call.printed(ended)) {
            String command = Grants.command(ended.at("path").text(), ended.at("argv").texts());
            call.console()
                    .line(
                            call.say(
                                    "grant.ended",
                                    call.screen().escape(ended.at("id").text()),
                                    call.screen().escape(command)));
        }
        return Exit.OK;
    }
}
