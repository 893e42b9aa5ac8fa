package io.kepm.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A line split into words the way a shell reads quotes, with nothing expanded. */
final class ShellWords {

    /** A word; whether a {@code *} in it stood plain, and whether a wildcard stood in quotes. */
    record Word(String text, boolean plainStar, boolean quotedWildcard) {
        boolean isPlainStar() {
            return plainStar && text.equals("*");
        }
    }

    private final String line;
    private final List<Word> words = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private boolean started;
    private boolean plainStar;
    private boolean quotedWildcard;

    private ShellWords(String line) {
        this.line = line;
    }

    /** At least one word; empty after the place was told why. */
    static Optional<List<Word>> split(String line, Place place) {
        ShellWords words = new ShellWords(line);
        String fault =
                Texts.length(line) > PatternText.MAX_LENGTH
                        ? "longer than " + PatternText.MAX_LENGTH + " characters"
                        : words.read();
        if (fault.isEmpty() && words.words.isEmpty()) {
            fault = "no command";
        }
        if (!fault.isEmpty()) {
            place.refuse(Place.quoted(line) + ": " + fault);
            return Optional.empty();
        }
        return Optional.of(List.copyOf(words.words));
    }

    private String read() {
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '\'' || c == '"') {
                int end = quoted(i + 1, c);
                if (end < 0) {
                    return "a quote without its end";
                }
                i = end;
            } else if (c == '\\') {
                if (++i == line.length()) {
                    return "a `\\` at the end";
                }
                add(line.charAt(i), true);
            } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
                end();
            } else {
                add(c, false);
            }
        }
        end();
        return "";
    }

    /** Reads up to the closing quote; -1 when there is none. */
    private int quoted(int from, char quote) {
        started = true;
        for (int i = from; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == quote) {
                return i;
            }
            boolean escape =
                    quote == '"'
                            && c == '\\'
                            && i + 1 < line.length()
                            && "\"\\$`".indexOf(line.charAt(i + 1)) >= 0;
            if (escape) {
                i++;
            }
            add(line.charAt(i), true);
        }
        return -1;
    }

    private void add(char c, boolean quoted) {
        started = true;
        text.append(c);
        plainStar |= c == '*' && !quoted;
        quotedWildcard |= (c == '*' || c == '?') && quoted;
    }

    private void end() {
        if (started) {
            words.add(new Word(text.toString(), plainStar, quotedWildcard));
        }
        text.setLength(0);
        started = false;
        plainStar = false;
        quotedWildcard = false;
    }
}
