package io.kepm.policy;

/** What kinds of character a text holds. */
final class Texts {

    private Texts() {}

    /** Neither a control, a format mark, half a character, nor a line separator. */
    static boolean isPrintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    false;
            default -> true;
        };
    }

    static boolean isPrintable(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean plain = c >= ' ' && c <= '~';
            if (!plain) {
                return text.substring(i).codePoints().allMatch(Texts::isPrintable);
            }
        }
        return true;
    }

    static boolean hasNul(String text) {
        return text.indexOf(0) >= 0;
    }

    /** NUL and every other control character. */
    static boolean hasControl(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    /** White space of any script, the kinds that do not break lines too. */
    static boolean isSpace(int codePoint) {
        return Character.isWhitespace(codePoint) || Character.isSpaceChar(codePoint);
    }

    static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    /** Lower-case hexadecimal digits of exactly that number. */
    static boolean isHex(String text, int digits) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return text.length() == digits;
    }
}
