package io.kepm.shell;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits a command line into literal words. Quotes and backslashes only group: there is no
 * variable, no pipe, no second command in a line, whatever it holds.
 */
final class Words {

    private Words() {}

    /** A line with an open quote or a lone backslash at its end. */
    static final class Unbalanced extends Exception {
        Unbalanced(String message) {
            super(message);
        }
    }

    static List<String> of(String line) throws Unbalanced {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean inWord = false;
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '\\' && quote != '\'') {
                if (++i == line.length()) {
                    throw new Unbalanced("the line ends with a backslash");
                }
                word.append(line.charAt(i));
                inWord = true;
            } else if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '\'' || c == '"') {
                quote = c;
                inWord = true;
            } else if (c == ' ' || c == '\t') {
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
            throw new Unbalanced("a quote is not closed");
        }
        if (inWord) {
            words.add(word.toString());
        }
        return words;
    }
}
