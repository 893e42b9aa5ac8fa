package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.agent.Agent;
import io.kepm.cli.json.Json;
import io.kepm.cli.text.Tone;
import java.util.Map;

/** {@code kepm storage check}: whether everything in the store opens and adds up. */
public final class CheckStorage implements Verb {

    private static final long MIB = 1L << 20;

    @Override
    public void declare(Usage usage) {}

    @Override
    public int run(Call call) throws Fault {
        Json state = call.agent().post("/api/storage/check", Json.object(Map.of()), Agent.LONG);
        boolean sound = state.at("sound").isTrue();
        if (!call.printed(state)) {
            call.console()
                    .line(
                            call.screen()
                                    .paint(
                                            sound ? Tone.GOOD : Tone.BAD,
                                            call.say(sound ? "storage.sound" : "storage.faulty")));
            for (String fault : state.at("faults").texts()) {
                call.console().line("  - " + call.screen().escape(fault));
            }
            if (state.at("pagesChecked").isScalar() && !state.at("pagesChecked").isTrue()) {
                call.console().line(call.screen().paint(Tone.WARNING, call.say("storage.pages")));
            }
            call.console()
                    .line(
                            call.say(
                                    "storage.room",
                                    state.at("used").number(0) / MIB,
                                    state.at("free").number(0) / MIB));
        }
        return sound ? Exit.OK : Exit.FAILED;
    }
}
