package io.kepm.cli.text;

/**
 * Outside text made fit for a terminal: one line, nothing that a terminal obeys, nothing that hides
 * or reorders what stands beside it. Escaping what is escaped already changes nothing.
 */
public final class TerminalText {

    private TerminalText() {}

    /** The text with bytes below 0x100 as {@code \xNN} and others as {@code \}{@code u{…}}. */
    public static String escape(String text) {
        return escape(text, true);
    }

    /**
     * Like {@link #escape(String)}.
     *
     * @param unicode whether the terminal can show more than ASCII
     */
    static String escape(String text, boolean unicode) {
        int clean = 0;
        while (clean < text.length() && isPrintableAscii(text.charAt(clean))) {
            clean++;
        }
        if (clean == text.length()) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length() + 16).append(text, 0, clean);
        for (int i = clean; i < text.length(); ) {
            int c = text.codePointAt(i);
            if (c < 0x80 ? isPrintableAscii((char) c) : unicode && isHarmless(c)) {
                out.appendCodePoint(c);
            } else {
                escape(out, c);
            }
            i += Character.charCount(c);
        }
        return out.toString();
    }

    private static boolean isPrintableAscii(char c) {
        return c >= ' ' && c < 0x7f;
    }

    private static void escape(StringBuilder out, int c) {
        if (c < 0x100) {
            out.append("\\x")
                    .append(Character.forDigit(c >> 4, 16))
                    .append(Character.forDigit(c & 0xf, 16));
        } else {
            out.append("\\u{").append(Integer.toHexString(c)).append('}');
        }
    }

    private static boolean isHarmless(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.PRIVATE_USE,
                    Character.SURROGATE,
                    Character.UNASSIGNED ->
                    false;
            default -> !isInvisible(c);
        };
    }

    /** Letters, marks and spaces that show nothing or pass for a plain space. */
    private static boolean isInvisible(int c) {
        return c == 0x34f
                || c == 0x115f
                || c == 0x1160
                || c == 0x17b4
                || c == 0x17b5
                || (c >= 0x180b && c <= 0x180f)
                || c == 0x2800
                || c == 0x3164
                || c == 0xffa0
                || (c >= 0xfe00 && c <= 0xfe0f)
                || (c >= 0xe0100 && c <= 0xe01ef)
                || (c != ' ' && Character.getType(c) == Character.SPACE_SEPARATOR);
    }
}
