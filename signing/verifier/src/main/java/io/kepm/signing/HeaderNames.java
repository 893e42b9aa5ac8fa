package io.kepm.signing;

import java.util.ArrayList;
import java.util.List;

/** The names in a header of a bundle's manifest (OSGi Core §3.2.4), without what follows them. */
final class HeaderNames {

    private HeaderNames() {}

    /** Every path of every clause; the names before attributes and directives. */
    static List<String> of(String header) {
        List<String> names = new ArrayList<>();
        for (String clause : split(header, ',')) {
            for (String part : split(clause, ';')) {
                String name = part.strip();
                if (!name.isEmpty() && name.indexOf('=') < 0) {
                    names.add(name);
                }
            }
        }
        return names;
    }

    private static List<String> split(String text, char at) {
        List<String> parts = new ArrayList<>();
        boolean quoted = false;
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == at && !quoted) {
                parts.add(text.substring(start, i));
                start = i + 1;
            }
        }
        parts.add(text.substring(start));
        return parts;
    }
}
