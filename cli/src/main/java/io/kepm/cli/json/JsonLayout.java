package io.kepm.cli.json;

import java.util.List;
import java.util.Map;

/**
 * The text of a value for people who go on with it: indented, short lists and objects on a line.
 */
public final class JsonLayout {

    private static final int LINE = 80;

    private JsonLayout() {}

    public static String of(Json json) {
        StringBuilder out = new StringBuilder(1024);
        write(out, json, "");
        return out.toString();
    }

    private static void write(StringBuilder out, Json json, String indent) {
        String compact = json.toString();
        boolean flat = !json.isList() && !json.isObject();
        if (flat || (indent.length() + compact.length() <= LINE && !holdsObjects(json))) {
            out.append(compact);
        } else if (json.isList()) {
            list(out, json.items(), indent + "  ");
            out.append(indent).append(']');
        } else {
            object(out, json.members(), indent + "  ");
            out.append(indent).append('}');
        }
    }

    private static boolean holdsObjects(Json json) {
        return json.items().stream().anyMatch(item -> item.members().size() > 1)
                || json.members().size() > 1;
    }

    private static void list(StringBuilder out, List<Json> items, String indent) {
        String separator = "[\n";
        for (Json item : items) {
            out.append(separator).append(indent);
            write(out, item, indent);
            separator = ",\n";
        }
        out.append('\n');
    }

    private static void object(StringBuilder out, Map<String, Json> members, String indent) {
        String separator = "{\n";
        for (Map.Entry<String, Json> member : members.entrySet()) {
            out.append(separator).append(indent).append(Json.of(member.getKey())).append(": ");
            write(out, member.getValue(), indent);
            separator = ",\n";
        }
        out.append('\n');
    }
}
