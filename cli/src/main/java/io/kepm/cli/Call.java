package io.kepm.cli;

import io.kepm.cli.agent.Agent;
import io.kepm.cli.json.Json;
import io.kepm.cli.text.Console;
import io.kepm.cli.text.Messages;
import io.kepm.cli.text.Screen;
import io.kepm.cli.text.Times;

/** Everything one run of a verb has to do with. */
public record Call(
        Given given, Console console, Agent agent, Messages messages, Times times, World world) {

    public Screen screen() {
        return console.screen();
    }

    /** The sentence of that key. */
    public String say(String key, Object... values) {
        return messages.get(key, values);
    }

    /** Prints the value and is done, if it was asked for as JSON. */
    public boolean printed(Json value) {
        if (given.json()) {
            console.json(value);
        }
        return given.json();
    }

    /** A fault of the command line. */
    public Fault usage(String key, Object... values) {
        return new Fault(Exit.USAGE, messages.get(key, values));
    }

    /** A fault of what was to be done. */
    public Fault failed(String key, Object... values) {
        return new Fault(Exit.FAILED, messages.get(key, values));
    }
}
