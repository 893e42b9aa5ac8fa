package io.kepm.cli.sudoers;

import io.kepm.cli.sudoers.Glob.Kind;
import io.kepm.cli.sudoers.Glob.Part;
import java.util.List;
import java.util.Optional;

/**
 * The expression of an argument with wildcards. To sudo a {@code *} also covers blanks, slashes and
 * further arguments; here it stays inside one argument and one path segment. INVARIANT: what it
 * matches, the sudoers word matches too; it never gives an option or {@code ..} to a wildcard.
 */
final class WildcardWord {

    private static final String OUT = "/\\s\\x00-\\x1f\\x7f";
    private static final String INSIDE = "[^" + OUT + "]";
    private static final String FIRST_OF_SEGMENT = "[^." + OUT + "]";
    private static final String FIRST_OF_WORD = "[^.\\-" + OUT + "]";

    private WildcardWord() {}

    /** Empty when a wildcard could make a {@code .} or {@code ..} of a segment. */
    static Optional<String> regex(List<Part> parts) {
        StringBuilder out = new StringBuilder();
        boolean onlyDots = false;
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            boolean first = i == 0 || parts.get(i - 1).text().equals("/");
            if (part.kind() == Kind.LITERAL) {
                onlyDots = part.text().equals(".") && (first || onlyDots);
                out.append(quoted(part.text()));
                continue;
            }
            if (onlyDots) {
                return Optional.empty();
            }
            out.append(wildcard(part, i == 0, first));
        }
        return Optional.of(out.toString());
    }

    private static String wildcard(Part part, boolean word, boolean segment) {
        if (part.kind() == Kind.CLASS) {
            return part.text();
        }
        String one = word ? FIRST_OF_WORD : segment ? FIRST_OF_SEGMENT : INSIDE;
        if (part.kind() == Kind.ONE) {
            return one;
        }
        return word || segment ? one + INSIDE + "*" : one + "*";
    }

    private static String quoted(String character) {
        return "\\.+*?()|[]{}^$".contains(character) ? "\\" + character : character;
    }
}
