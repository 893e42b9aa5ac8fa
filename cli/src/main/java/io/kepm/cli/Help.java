package io.kepm.cli;

import io.kepm.cli.text.Console;
import io.kepm.cli.text.Messages;
import io.kepm.cli.text.Tone;
import java.util.List;
import java.util.Optional;

/** The page that lists the verbs, and the way from a topic to the page of a verb. */
final class Help {

    private final Console console;
    private final Messages messages;

    Help(Console console, Messages messages) {
        this.console = console;
        this.messages = messages;
    }

    /** The verbs of a group; of all when it is empty. */
    void overview(String group) {
        console.line(messages.get("help.usage") + " " + messages.get("help.synopsis"));
        console.blank();
        for (String name : Verbs.NAMES) {
            if (group.isEmpty() || name.startsWith(group + " ")) {
                String padded = name + " ".repeat(Math.max(1, 24 - name.length()));
                console.line(
                        "  "
                                + console.screen().paint(Tone.STRONG, padded)
                                + messages.get("verb." + name.replace(' ', '.')));
            }
        }
        console.blank();
        console.line(messages.get("help.more"));
        console.line(messages.get("help.exits"));
    }

    /** {@code kepm help audit list}. */
    int topic(List<String> words) throws Fault {
        String name = String.join(" ", words);
        if (words.isEmpty() || Verbs.isGroup(name)) {
            overview(name);
            return Exit.OK;
        }
        Optional<Verb> verb = Verbs.find(name);
        if (verb.isEmpty()) {
            throw new Fault(Exit.USAGE, messages.get("error.verb", name));
        }
        Usage usage = new Usage();
        verb.get().declare(usage);
        new Grammar(messages, name, usage).help(console);
        return Exit.OK;
    }
}
