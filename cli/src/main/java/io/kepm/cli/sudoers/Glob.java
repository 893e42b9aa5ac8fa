package io.kepm.cli.sudoers;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A word of sudoers with the wildcards of the shell, taken apart. */
final class Glob {

    /** What one part of a word stands for. */
    enum Kind {
        LITERAL,
        /** Any run of characters. */
        STAR,
        /** One character. */
        ONE,
        /** One of some characters. */
        CLASS
    }

    /** A character that stands for itself, or a wildcard; {@code text}: as an expression. */
    record Part(Kind kind, String text) {}

    private static final Set<String> CLASSES =
            Set.of("alpha", "digit", "alnum", "upper", "lower", "xdigit");

    private final String word;
    private final List<Part> parts = new ArrayList<>();
    private int at;

    private Glob(String word) {
        this.word = word;
    }

    /** The parts; empty when there is one that no policy can say. */
    static Optional<List<Part>> parse(String word) {
        Glob glob = new Glob(word);
        while (glob.at < word.length()) {
            if (!glob.part()) {
                return Optional.empty();
            }
        }
        return Optional.of(List.copyOf(glob.parts));
    }

    /** The text of the parts, when every one is literal. */
    static Optional<String> literal(List<Part> parts) {
        StringBuilder out = new StringBuilder();
        for (Part part : parts) {
            if (part.kind() != Kind.LITERAL) {
                return Optional.empty();
            }
            out.append(part.text());
        }
        return Optional.of(out.toString());
    }

    private boolean part() {
        char c = word.charAt(at++);
        switch (c) {
            case '\\':
                if (at == word.length()) {
                    return false;
                }
                literal(word.codePointAt(at));
                return true;
            case '*':
                // Two stars are one to sudo, and any number of folders to a policy.
                if (parts.isEmpty() || parts.get(parts.size() - 1).kind() != Kind.STAR) {
                    parts.add(new Part(Kind.STAR, "*"));
                }
                return true;
            case '?':
                parts.add(new Part(Kind.ONE, "?"));
                return true;
            case '[':
                return set();
            default:
                at--;
                literal(word.codePointAt(at));
                return true;
        }
    }

    private void literal(int codePoint) {
        parts.add(new Part(Kind.LITERAL, Character.toString(codePoint)));
        at += Character.charCount(codePoint);
    }

    /** Letters, digits, ranges of them and named classes only. */
    private boolean set() {
        StringBuilder out = new StringBuilder("[");
        while (at < word.length() && word.charAt(at) != ']') {
            if (word.startsWith("[:", at)) {
                int end = word.indexOf(":]", at);
                if (end < 0 || !CLASSES.contains(word.substring(at + 2, end))) {
                    return false;
                }
                out.append(word, at, end + 2);
                at = end + 2;
            } else if (isLetterOrDigit(at)) {
                out.append(word.charAt(at++));
                if (at + 1 < word.length() && word.charAt(at) == '-' && isLetterOrDigit(at + 1)) {
                    out.append('-').append(word.charAt(at + 1));
                    at += 2;
                }
            } else {
                return false;
            }
        }
        if (at >= word.length() || out.length() == 1) {
            return false;
        }
        at++;
        parts.add(new Part(Kind.CLASS, out.append(']').toString()));
        return true;
    }

    private boolean isLetterOrDigit(int index) {
        char c = word.charAt(index);
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }
}
