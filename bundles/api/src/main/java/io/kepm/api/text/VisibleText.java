package io.kepm.api.text;

/**
 * Outside text made fit for one line of a log: nothing in it ends the line, drives a terminal,
 * turns the text around or is no character at all. What would is shown as {@code \xNN} or {@code
 * \}{@code u{…}}.
 */
public final class VisibleText {

    private VisibleText() {}

    /**
     * The text, cut where it gets too long; a cut one ends in {@code …}.
     *
     * @param longest characters of the result at most, from 16
     */
    public static String of(String text, int longest) {
        StringBuilder out = new StringBuilder(Math.min(text.length() + 16, longest));
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            int before = out.length();
            show(out, c);
            i += Character.charCount(c);
            if (out.length() > longest - (i < text.length() ? 1 : 0)) {
                out.setLength(before);
                return out.append('…').toString();
            }
        }
        return out.toString();
    }

    private static void show(StringBuilder out, int c) {
        if (isHarmless(c)) {
            out.appendCodePoint(c);
        } else if (c < 0x100) {
            out.append("\\x")
                    .append(Character.forDigit(c >> 4, 16))
                    .append(Character.forDigit(c & 0xf, 16));
        } else {
            out.append("\\u{").append(Integer.toHexString(c)).append('}');
        }
    }

    /** Whether it may be shown as it is. */
    public static boolean isHarmless(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.PRIVATE_USE,
                    Character.SURROGATE,
                    Character.UNASSIGNED ->
                    false;
            default -> true;
        };
    }
}
