package io.kepm.trust;

import java.nio.file.Path;

/** Paths as people can copy them into a shell. */
final class Shell {

    private Shell() {}

    /** A path as one literal word; with control characters, in the form {@code $'…'}. */
    static String quoted(Path path) {
        String text = path.toString();
        if (text.matches("[A-Za-z0-9/._+:@%-]+")) {
            return text;
        }
        if (text.chars().noneMatch(Shell::isUnprintable)) {
            return "'" + text.replace("'", "'\\''") + "'";
        }
        return "$'" + escaped(text.replace("\\", "\\\\").replace("'", "\\'")) + "'";
    }

    /** A path for a line of text. */
    static String printable(Path path) {
        return escaped(path.toString());
    }

    private static String escaped(String text) {
        StringBuilder out = new StringBuilder();
        text.chars()
                .forEach(
                        c -> {
                            if (isUnprintable(c)) {
                                out.append(String.format("\\u%04x", c));
                            } else {
                                out.append((char) c);
                            }
                        });
        return out.toString();
    }

    private static boolean isUnprintable(int c) {
        int type = Character.getType(c);
        return Character.isISOControl(c)
                || type == Character.FORMAT
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR;
    }
}
