package io.kepm.audit.log;

import io.kepm.api.audit.Secrets;
import io.kepm.api.log.LogRecord;
import io.kepm.api.text.VisibleText;
import java.util.TreeMap;

/**
 * What was said, as it may be written: secrets hidden, and nothing in it that ends a line, steers a
 * terminal, turns the writing round, or means something to a program that reads logs.
 *
 * <p>Everything that is not a plain character is its code point, {@code u{HEX}} after a backslash;
 * line feed and tab are {@code \n} and {@code \t}, a backslash is two: what was said can be told
 * again. A dollar before a brace and a percent sign before a letter are escaped too, because there
 * are readers of logs that look such things up.
 */
final class Escaped {

    private Escaped() {}

    static LogRecord of(LogRecord said) {
        TreeMap<String, String> fields = new TreeMap<>();
        said.fields().forEach((name, value) -> fields.put(of(name), safe(value)));
        return new LogRecord(
                said.time(), said.level(), of(said.logger()), safe(said.message()), fields);
    }

    private static String safe(String text) {
        return of(Secrets.hiddenInText(text));
    }

    static String of(String text) {
        int plain = 0;
        while (plain < text.length() && isHarmless(text.charAt(plain))) {
            plain++;
        }
        if (plain == text.length()) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length() + 16).append(text, 0, plain);
        for (int i = plain; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            int next = i < text.length() ? text.charAt(i) : -1;
            append(out, c, next);
        }
        return out.toString();
    }

    /** Printable ASCII without those that may have to be escaped. */
    private static boolean isHarmless(char c) {
        return c >= ' ' && c < 0x7f && c != '\\' && c != '$' && c != '%';
    }

    private static void append(StringBuilder out, int c, int next) {
        switch (c) {
            case '\\' -> out.append("\\\\");
            case '\n' -> out.append("\\n");
            case '\t' -> out.append("\\t");
            default -> {
                if (VisibleText.isHarmless(c) && !isLookUp(c, next)) {
                    out.appendCodePoint(c);
                } else {
                    out.append("\\u{").append(Integer.toHexString(c)).append('}');
                }
            }
        }
    }

    private static boolean isLookUp(int c, int next) {
        return (c == '$' && next == '{') || (c == '%' && Character.isLetter(next));
    }
}
