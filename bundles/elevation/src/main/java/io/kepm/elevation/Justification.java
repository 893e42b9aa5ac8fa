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
            return Optional.of(Texts.say("reason.short", minLength));
        }
        if (length > MAX_LENGTH) {
            return Optional.of(Texts.say("reason.long", MAX_LENGTH));
        }
        if (trimmed.codePoints().anyMatch(Justification::isForbidden)) {
            return Optional.of(Texts.say("reason.controls"));
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
