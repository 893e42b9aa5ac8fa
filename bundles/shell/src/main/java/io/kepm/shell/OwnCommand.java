package io.kepm.shell;

import java.io.PrintStream;
import java.util.List;
import org.apache.karaf.shell.api.console.Command;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Parser;
import org.apache.karaf.shell.api.console.Session;
import org.jspecify.annotations.Nullable;

/** A command of scope {@code kepm} in Karaf's shell. */
record OwnCommand(String name, String description, Body body) implements Command {

    /** What a command does. */
    @FunctionalInterface
    interface Body {

        /**
         * Prints to {@code out}.
         *
         * @throws Exception when it failed; its text is shown
         */
        void run(List<String> words, PrintStream out) throws Exception;
    }

    @Override
    public @Nullable Object execute(Session session, List<Object> arguments) throws Exception {
        body.run(arguments.stream().map(String::valueOf).toList(), session.getConsole());
        return null;
    }

    @Override
    public String getScope() {
        return "kepm";
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public String getDescription() {
        return description;
    }

    @Override
    public @Nullable Completer getCompleter(boolean scoped) {
        return null;
    }

    @Override
    public @Nullable Parser getParser() {
        return null;
    }
}
