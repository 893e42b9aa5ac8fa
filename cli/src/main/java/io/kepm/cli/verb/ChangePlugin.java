package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.agent.Agent;
import io.kepm.cli.json.Json;

/** {@code kepm plugin remove}, {@code start}, {@code stop} and {@code restart}. */
public final class ChangePlugin implements Verb {

    private final String action;

    /**
     * @param action the second word of the verb
     */
    public ChangePlugin(String action) {
        this.action = action;
    }

    @Override
    public void declare(Usage usage) {
        usage.operand("ID");
    }

    @Override
    public int run(Call call) throws Fault {
        String id = call.given().operands().get(0);
        if (!id.matches("[A-Za-z0-9][A-Za-z0-9.-]{0,127}")) {
            throw call.usage("plugin.id", id);
        }
        String path = "/api/plugins/" + id;
        Json done =
                call.agent()
                        .good(
                                action.equals("remove")
                                        ? call.agent().ask("DELETE", path, "{}", Agent.LONG)
                                        : call.agent()
                                                .ask(
                                                        "POST",
                                                        path + "/" + action,
                                                        "{}",
                                                        Agent.LONG));
        if (!call.printed(done)) {
            call.console().line(call.say("plugin.changed", id, done.at("result").text()));
        }
        return Exit.OK;
    }
}
