package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.agent.Agent;
import io.kepm.cli.json.Json;
import java.util.List;

/** {@code kepm plugin reload}: reads the folder now; whoever asks has just written a document. */
public final class ReloadPlugins implements Verb {

    @Override
    public void declare(Usage usage) {}

    @Override
    public int run(Call call) throws Fault {
        Agent.Reply reply = call.agent().ask("POST", "/api/plugins/reload", "{}", Agent.LONG);
        List<Json> unused = reply.body().at("errors").items();
        if (reply.status() == 422 && !unused.isEmpty() && !call.given().json()) {
            // The others are in use: each that is not has a line of its own.
            for (Json fault : unused) {
                call.console().error(call.screen().escape(fault.at("detail").text()));
            }
            throw call.failed(
                    unused.size() == 1 ? "plugin.unused.one" : "plugin.unused.many", unused.size());
        }
        Json done = call.agent().good(reply);
        if (!call.printed(done)) {
            call.console().line(call.say("plugin.reloaded"));
        }
        return Exit.OK;
    }
}
