package io.kepm.elevation;

import java.util.Optional;

/** The rules for a reason that a person types. */
final class Justification {

    /** Characters at most, after trimming. */
    static final int MAX_LENGTH = 1000;

    private Justification() {}

    /** What is wrong with a text, or empty when it will do. */
    static Optional<String> fault(String text, int minLength) {
        String trimmed = text.strip();
        int length = trimmed.codePointCount(0, trimmed.length());
        if (length < minLength) {
            return Optional.of("too short: at least " + minLength + " characters are needed");
        }
        if (length > MAX_LENGTH) {
            return Optional.of("too long: at most " + MAX_LENGTH + " characters are kept");
        }
        if (trimmed.codePoints().anyMatch(Justification::isForbidden)) {
            return Optional.of("control characters are not allowed in it");
        }
        return Optional.empty();
    }

    private static boolean isForbidden(int c) {
        int type = Character.getType(c);
        return type == Character.CONTROL
                || type == Character.FORMAT
                || type == Character.SURROGATE
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR;
    }
}
