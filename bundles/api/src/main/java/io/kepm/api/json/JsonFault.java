package io.kepm.api.json;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a JSON parser has to say about a text, as one line for people: where, and what. Its own
 * notes, such as where it keeps the source, are left out, and so are words of the text, which may
 * be secret.
 */
public final class JsonFault {

    private static final Pattern SOURCE =
            Pattern.compile(
                    "\\[Source: .*?; (?:line: (\\d+), column: (\\d+)|byte offset: \\S+)\\]",
                    Pattern.DOTALL);

    private JsonFault() {}

    /**
     * Such as {@code line 3, column 5: it ends too early}.
     *
     * @param line from 1; 0 when the parser names no place
     * @param message of the parser
     */
    public static String text(int line, int column, String message) {
        return line < 1
                ? words(message)
                : "line " + line + ", column " + column + ": " + words(message);
    }

    /** The message without a place. */
    public static String words(String message) {
        Matcher source = SOURCE.matcher(message);
        String begun =
                source.find() && source.group(1) != null
                        ? "line " + source.group(1) + ", column " + source.group(2)
                        : "";
        if (message.startsWith("Unexpected end-of-input")) {
            return begun.isEmpty()
                    ? "it ends too early"
                    : "it ends too early: what begins at " + begun + " has no end";
        }
        if (message.startsWith("Unrecognized token")) {
            return "neither a value nor a quoted text";
        }
        String plain =
                SOURCE.matcher(message)
                        .replaceAll(begun.isEmpty() ? "there" : Matcher.quoteReplacement(begun));
        int end = plain.indexOf('\n');
        return end < 0 ? plain : plain.substring(0, end);
    }
}
