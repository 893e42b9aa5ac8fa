package io.kepm.api.text;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits one text into arguments as a shell would (POSIX quoting), without ever being given to one:
 * operators, variables and wildcards are plain characters here.
 */
public final class ArgumentText {

    private ArgumentText() {}

    /** A quote is not closed, or nothing follows a backslash. */
    public static final class Unbalanced extends Exception {
        private static final long serialVersionUID = 1L;

        private Unbalanced(String message) {
            super(message);
        }
    }

    /** The words of a text, without their quotes. */
    public static List<String> split(String text) throws Unbalanced {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean inWord = false;
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote == '\'') {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '\\') {
                if (++i == text.length()) {
                    throw new Unbalanced("nothing follows the last backslash");
                }
                char next = text.charAt(i);
                if (quote == '"' && "\\\"$`".indexOf(next) < 0) {
                    word.append(c);
                }
                word.append(next);
                inWord = true;
            } else if (quote == '"') {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '\'' || c == '"') {
                quote = c;
                inWord = true;
            } else if (c == ' ' || c == '\t' || c == '\n') {
                if (inWord) {
                    words.add(word.toString());
                    word.setLength(0);
                    inWord = false;
                }
            } else {
                word.append(c);
                inWord = true;
            }
        }
        if (quote != 0) {
            throw new Unbalanced("a quote " + quote + " is not closed");
        }
        if (inWord) {
            words.add(word.toString());
        }
        return words;
    }
}
