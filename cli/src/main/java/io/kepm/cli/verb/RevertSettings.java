package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.agent.Agent;
import io.kepm.cli.agent.Route;
import io.kepm.cli.json.Json;
import java.util.List;
import java.util.Map;

/** {@code kepm settings revert}: takes back what was set for a plugin, or everything. */
public final class RevertSettings implements Verb {

    @Override
    public void declare(Usage usage) {
        usage.flag("--all", "-a").operands("PLUGIN", 0);
    }

    @Override
    public int run(Call call) throws Fault {
        List<String> plugins = call.given().operands();
        if (plugins.size() != (call.given().flag("--all") ? 0 : 1)) {
            throw call.usage("settings.revert.operands");
        }
        Route route =
                plugins.isEmpty()
                        ? new Route(KnownSettings.PATH).segment("revert-all")
                        : new Route(KnownSettings.PATH).segment(plugins.get(0)).segment("revert");
        Json done = call.agent().post(route.toString(), Json.object(Map.of()), Agent.SHORT);
        if (call.printed(done)) {
            return Exit.OK;
        }
        List<Json> changed = done.at("changed").items();
        if (changed.isEmpty()) {
            call.console().line(call.say("settings.revert.none"));
        }
        for (Json one : changed) {
            boolean waits = !one.at("next").isMissing();
            call.console()
                    .line(
                            call.say(
                                    waits ? "settings.revert.next" : "settings.revert.done",
                                    KnownSettings.full(one),
                                    KnownSettings.shown(one.at(waits ? "next" : "value"))));
        }
        return Exit.OK;
    }
}
