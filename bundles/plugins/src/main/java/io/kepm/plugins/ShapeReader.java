package io.kepm.plugins;

import com.fasterxml.jackson.databind.JsonNode;
import io.kepm.api.audit.Secrets;
import io.kepm.api.settings.ObjectShape;
import io.kepm.api.settings.ObjectShape.Kind;
import io.kepm.api.settings.ObjectShape.Member;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Reads what a document says about the objects of a list that is a setting. */
final class ShapeReader {

    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,63}");
    private static final int MOST_MEMBERS = 50;
    private static final Map<String, Kind> KINDS =
            Map.of(
                    "string", Kind.TEXT,
                    "integer", Kind.INTEGER,
                    "boolean", Kind.FLAG,
                    "strings", Kind.TEXTS);

    private final Consumer<String> faults;

    ShapeReader(Consumer<String> faults) {
        this.faults = faults;
    }

    ObjectShape read(JsonNode node) {
        Map<String, Member> members = new LinkedHashMap<>();
        if (!node.isObject() || node.isEmpty() || node.size() > MOST_MEMBERS) {
            faults.accept("`members` is an object with 1 to " + MOST_MEMBERS + " members");
        }
        for (Map.Entry<String, JsonNode> each : node.properties()) {
            String name = each.getKey();
            if (!NAME.matcher(name).matches()) {
                faults.accept("`members` names one that is no name");
            } else if (Secrets.isNameOfSecret(name)) {
                // Values of lists are shown and recorded.
                faults.accept("`" + name + "`: no secret stands in a list");
            } else {
                members.put(name, member(name, each.getValue()));
            }
        }
        return new ObjectShape(members);
    }

    private Member member(String name, JsonNode node) {
        Kind kind = KINDS.getOrDefault(node.path("type").asText(), Kind.TEXT);
        boolean required = false;
        Optional<Long> least = Optional.empty();
        Optional<Long> most = Optional.empty();
        List<String> words = new ArrayList<>();
        boolean good = KINDS.containsKey(node.path("type").asText());
        for (Map.Entry<String, JsonNode> each : node.properties()) {
            JsonNode value = each.getValue();
            switch (each.getKey()) {
                case "type" -> good &= value.isTextual();
                case "required" -> {
                    good &= value.isBoolean();
                    required = value.asBoolean();
                }
                case "minimum" -> {
                    good &= kind == Kind.INTEGER && isLong(value);
                    least = Optional.of(value.asLong());
                }
                case "maximum" -> {
                    good &= kind == Kind.INTEGER && isLong(value);
                    most = Optional.of(value.asLong());
                }
                case "allowed" -> {
                    value.forEach(word -> words.add(word.asText()));
                    good &= kind == Kind.TEXT && value.isArray() && !words.isEmpty();
                }
                default -> good = false;
            }
        }
        if (!good) {
            faults.accept(
                    "`"
                            + name
                            + "`: `type` string, integer, boolean or strings is needed; beside it"
                            + " `required`, of integers `minimum`, `maximum`, of strings `allowed`");
        }
        return new Member(kind, required, least, most, words);
    }

    private static boolean isLong(JsonNode value) {
        return value.isIntegralNumber() && value.canConvertToLong();
    }
}
