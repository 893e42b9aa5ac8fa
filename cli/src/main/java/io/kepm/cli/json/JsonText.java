package io.kepm.cli.json;

import java.util.List;
import java.util.Map;

/**
 * The text of a value: compact, members in their order. Every character that a terminal could obey
 * or that would hide or reorder others is escaped, so the text may be printed anywhere.
 */
public final class JsonText {

    private JsonText() {}

    public static String of(Json json) {
        StringBuilder out = new StringBuilder(256);
        write(out, json);
        return out.toString();
    }

    private static void write(StringBuilder out, Json json) {
        if (json.isList()) {
            writeList(out, json.items());
        } else if (json.isObject()) {
            writeObject(out, json.members());
        } else if (json.isText()) {
            quote(out, json.text());
        } else if (json.isScalar()) {
            out.append(json.text());
        } else {
            out.append("null");
        }
    }

    private static void writeList(StringBuilder out, List<Json> items) {
        out.append('[');
        String separator = "";
        for (Json item : items) {
            out.append(separator);
            write(out, item);
            separator = ",";
        }
        out.append(']');
    }

    private static void writeObject(StringBuilder out, Map<String, Json> members) {
        out.append('{');
        String separator = "";
        for (Map.Entry<String, Json> member : members.entrySet()) {
            out.append(separator);
            quote(out, member.getKey());
            out.append(':');
            write(out, member.getValue());
            separator = ",";
        }
        out.append('}');
    }

    private static void quote(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c == '\n') {
                out.append("\\n");
            } else if (c == '\t') {
                out.append("\\t");
            } else if ((c < 0x7f && c >= ' ') || (c > 0x7f && isHarmless(c))) {
                out.append(c);
            } else {
                unicode(out, c);
            }
        }
        out.append('"');
    }

    /** Letters and the like; everything beyond the first plane is escaped, which is still JSON. */
    private static boolean isHarmless(char c) {
        int type = Character.getType(c);
        return type != Character.CONTROL
                && type != Character.FORMAT
                && type != Character.SURROGATE
                && type != Character.LINE_SEPARATOR
                && type != Character.PARAGRAPH_SEPARATOR
                && type != Character.PRIVATE_USE
                && type != Character.UNASSIGNED;
    }

    private static void unicode(StringBuilder out, char c) {
        out.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            out.append(Character.forDigit(c >> shift & 0xf, 16));
        }
    }
}
