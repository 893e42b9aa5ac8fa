package io.kepm.cli;

import io.kepm.cli.text.Screen;
import java.io.Console;
import java.util.Optional;

/**
 * What the process was started on, as the start script says: {@code kepm.columns} where standard
 * output is a terminal, {@code kepm.asks} where input and standard error are one. Java itself
 * cannot tell them apart.
 */
final class Terminal {

    private static final int LEAST = 40;

    private Terminal() {}

    static Screen screen() {
        String columns = System.getProperty("kepm.columns", "");
        boolean terminal = !columns.isEmpty();
        return new Screen(
                terminal,
                terminal ? columns(columns) : Integer.MAX_VALUE,
                terminal && isUnset("NO_COLOR") && !"dumb".equals(System.getenv("TERM")),
                System.getProperty("native.encoding", "").equalsIgnoreCase("UTF-8"));
    }

    /** Whether a person can be asked. */
    static boolean asks() {
        return Boolean.getBoolean("kepm.asks");
    }

    /** A line typed without being shown; empty where this is no terminal. */
    // With Java 17, which this runs on, it is null there.
    @SuppressWarnings("SystemConsoleNull")
    static Optional<String> hidden(String question) {
        Console terminal = System.console();
        if (terminal == null) {
            return Optional.empty();
        }
        char[] typed = terminal.readPassword("%s", question);
        return Optional.of(typed == null ? "" : new String(typed));
    }

    static String language() {
        return System.getProperty("user.language", "en");
    }

    private static int columns(String text) {
        try {
            return Math.max(LEAST, Integer.parseInt(text));
        } catch (NumberFormatException e) {
            return 80;
        }
    }

    private static boolean isUnset(String variable) {
        String value = System.getenv(variable);
        return value == null || value.isEmpty();
    }
}
