package io.kepm.guard;

/** Text of a stranger, made fit for a line of a log or a JSON string. */
final class Printable {

    private Printable() {}

    /** Everything but printable ASCII becomes a Unicode escape. */
    static String of(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x20 || c > 0x7e) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    /** A JSON string, quotes included. */
    static String json(String text) {
        return '"' + of(text.replace("\\", "\\\\").replace("\"", "\\\"")) + '"';
    }
}
