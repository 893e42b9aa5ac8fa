package io.kepm.jobs;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A value that a run is given.
 *
 * @param absent its value when none is given
 */
record Parameter(String name, Type type, Optional<String> absent, boolean required) {

    static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,63}");
    private static final int LONGEST = 4096;

    enum Type {
        STRING,
        INT,
        BOOL,
        PATH;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What is wrong with a value for it; empty when nothing is. */
    Optional<String> fault(Object value) {
        return switch (type) {
            case INT ->
                    value instanceof Long || value instanceof Integer
                            ? Optional.empty()
                            : Optional.of("an integer is needed");
            case BOOL ->
                    value instanceof Boolean
                            ? Optional.empty()
                            : Optional.of("true or false is needed");
            case STRING -> textFault(value);
            case PATH -> textFault(value).or(() -> pathFault(String.valueOf(value)));
        };
    }

    private static Optional<String> textFault(Object value) {
        if (!(value instanceof String text)) {
            return Optional.of("a text is needed");
        }
        if (text.length() > LONGEST) {
            return Optional.of("longer than " + LONGEST + " characters");
        }
        return text.chars().anyMatch(c -> c < 0x20 || c == 0x7f)
                ? Optional.of("control characters are not allowed")
                : Optional.empty();
    }

    private static Optional<String> pathFault(String text) {
        boolean plain =
                text.startsWith("/")
                        && java.util.Arrays.stream(text.split("/"))
                                .noneMatch(part -> part.equals("..") || part.equals("."));
        return plain ? Optional.empty() : Optional.of("an absolute path without `..` is needed");
    }
}
