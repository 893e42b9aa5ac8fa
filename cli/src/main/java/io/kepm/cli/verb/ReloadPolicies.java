package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.agent.Agent;
import io.kepm.cli.json.Json;
import io.kepm.cli.text.Tone;

/** {@code kepm policy reload}: reads the folder now; a bad set changes nothing. */
public final class ReloadPolicies implements Verb {

    @Override
    public void declare(Usage usage) {}

    @Override
    public int run(Call call) throws Fault {
        Agent.Reply reply = call.agent().ask("POST", "/api/policies/reload", "{}", Agent.LONG);
        // A refused folder is an outcome: the answer says what is wrong and which set stays.
        Json status =
                reply.body().at("failure").isEmpty() ? call.agent().good(reply) : reply.body();
        boolean good = status.at("failure").isEmpty();
        if (!call.printed(status)) {
            ListPolicies.failure(call, status);
            String line =
                    call.say(
                            good ? "reload.done" : "reload.refused",
                            status.at("count").number(0),
                            status.at("revision").text());
            call.console().line(call.screen().paint(good ? Tone.GOOD : Tone.PLAIN, line));
        }
        return good ? Exit.OK : Exit.FAILED;
    }
}
