package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.json.Json;
import io.kepm.cli.text.Tone;

/** One check of the agent's health on one line; below it since when it is bad, and what to do. */
final class Checks {

    private static final int NAME = 18;

    private Checks() {}

    static void print(Call call, Json check) {
        String state = check.at("state").text();
        String word = States.word(state);
        String name = call.screen().escape(check.at("name").text());
        call.console()
                .line(
                        "  "
                                + call.screen().paint(States.tone(state), word)
                                + " ".repeat(6 - word.length())
                                + name
                                + " ".repeat(Math.max(2, NAME - name.length()))
                                + call.screen().escape(check.at("detail").text()));
        String since = check.at("since").text();
        if (!since.isEmpty() && !state.equals("healthy")) {
            call.console().line(" ".repeat(8) + call.say("check.since", call.times().brief(since)));
        }
        String advice = check.at("advice").text();
        if (!advice.isEmpty() && !state.equals("healthy")) {
            call.console()
                    .line(
                            " ".repeat(8)
                                    + call.screen()
                                            .paint(Tone.STRONG, call.say("check.advice", advice)));
        }
    }
}
