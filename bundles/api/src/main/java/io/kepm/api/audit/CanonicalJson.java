package io.kepm.api.audit;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The one text of a record that is hashed: JSON with keys in code-unit order, no white space, and
 * only the escapes that RFC 8785 asks for. Values are strings, integers, lists and maps.
 */
public final class CanonicalJson {

    /** Of one character of a text: {@code \\u} and four digits. */
    private static final int MOST_BYTES = 6;

    private CanonicalJson() {}

    /**
     * The canonical text of a map.
     *
     * @throws IllegalArgumentException for a value of another kind
     */
    public static String of(Map<String, ?> map) {
        StringBuilder out = new StringBuilder(512);
        write(out, map);
        return out.toString();
    }

    /** How many bytes (UTF-8, escapes included) a text takes between its quotes. */
    static int bytes(String text) {
        long bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            bytes += bytes(text, i);
        }
        return (int) Math.min(Integer.MAX_VALUE - 1, bytes);
    }

    /** How many characters of a text fit into so many bytes; never half of a pair. */
    static int fitting(String text, int room) {
        if (text.length() <= room / MOST_BYTES) {
            return text.length();
        }
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            bytes += bytes(text, i);
            if (bytes > room) {
                return i > 0 && isPair(text, i - 1) ? i - 1 : i;
            }
        }
        return text.length();
    }

    private static boolean isPair(String text, int i) {
        return Character.isHighSurrogate(text.charAt(i))
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
    }

    private static int bytes(String text, int i) {
        char c = text.charAt(i);
        if (c == '"' || c == '\\' || c == '\b' || c == '\f' || c == '\n' || c == '\r'
                || c == '\t') {
            return 2;
        }
        if (c < 0x20 || isLoneSurrogate(text, i)) {
            return MOST_BYTES;
        }
        // Each half of a pair counts for half of its four bytes.
        return c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    }

    private static void write(StringBuilder out, Object value) {
        if (value instanceof String text) {
            quote(out, text);
        } else if (value instanceof Long || value instanceof Integer) {
            out.append(value);
        } else if (value instanceof List<?> list) {
            out.append('[');
            for (int i = 0; i < list.size(); i++) {
                if (i > 0) {
                    out.append(',');
                }
                write(out, list.get(i));
            }
            out.append(']');
        } else if (value instanceof Map<?, ?> map) {
            writeMap(out, map);
        } else {
            throw new IllegalArgumentException(
                    "no canonical form for " + value.getClass().getName());
        }
    }

    private static void writeMap(StringBuilder out, Map<?, ?> map) {
        TreeMap<String, Object> sorted = new TreeMap<>();
        map.forEach((key, value) -> sorted.put((String) key, value));
        out.append('{');
        String separator = "";
        for (Map.Entry<String, Object> entry : sorted.entrySet()) {
            out.append(separator);
            quote(out, entry.getKey());
            out.append(':');
            write(out, entry.getValue());
            separator = ",";
        }
        out.append('}');
    }

    private static void quote(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    // A lone surrogate has no UTF-8 form: it is escaped so that bytes and text
                    // agree.
                    if (c < 0x20 || isLoneSurrogate(text, i)) {
                        out.append("\\u");
                        for (int shift = 12; shift >= 0; shift -= 4) {
                            out.append(Character.forDigit((c >> shift) & 0xf, 16));
                        }
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private static boolean isLoneSurrogate(String text, int i) {
        char c = text.charAt(i);
        if (Character.isHighSurrogate(c)) {
            return i + 1 >= text.length() || !Character.isLowSurrogate(text.charAt(i + 1));
        }
        return Character.isLowSurrogate(c)
                && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
    }
}
