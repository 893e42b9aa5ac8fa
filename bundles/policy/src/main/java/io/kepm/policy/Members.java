package io.kepm.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The members of one JSON object, read by name and type. What was never asked for is unknown, and
 * {@link #refuseOthers} refuses it. Not for use by two threads.
 */
final class Members {

    static final int MAX_ENTRIES = 10_000;

    private final JsonNode node;
    private final Place place;
    private final List<String> asked;

    private Members(JsonNode node, Place place) {
        this.node = node;
        this.place = place;
        asked = new ArrayList<>(8 + 2 * node.size());
    }

    /** Empty, and refused, when the node is no object. */
    static Optional<Members> of(JsonNode node, Place place) {
        if (!node.isObject()) {
            place.refuse("an object is expected");
            return Optional.empty();
        }
        return Optional.of(new Members(node, place));
    }

    Place place() {
        return place;
    }

    /** The object as text. */
    String source() {
        return node.toString();
    }

    Place place(String name) {
        return place.member(name);
    }

    /** A member of any kind; also marks the name as known. */
    Optional<JsonNode> any(String name) {
        asked.add(name);
        return Optional.ofNullable(node.get(name));
    }

    boolean has(String name) {
        return any(name).isPresent();
    }

    Optional<String> text(String name) {
        Optional<JsonNode> found = any(name);
        if (found.isPresent() && !found.get().isTextual()) {
            place(name).refuse("a text is expected");
            return Optional.empty();
        }
        return found.map(JsonNode::textValue);
    }

    /** A text, or {@code null} in the file, which is the same as leaving it out. */
    Optional<String> textOrNull(String name) {
        return any(name).filter(JsonNode::isNull).isPresent() ? Optional.empty() : text(name);
    }

    /** A text that has to be there; an empty one, and a refusal, when it is not. */
    String requiredText(String name) {
        if (!has(name)) {
            place(name).refuse("missing");
            return "";
        }
        return text(name).orElse("");
    }

    boolean flag(String name, boolean otherwise) {
        Optional<JsonNode> found = any(name);
        if (found.isPresent() && !found.get().isBoolean()) {
            place(name).refuse("true or false is expected");
            return otherwise;
        }
        return found.map(JsonNode::booleanValue).orElse(otherwise);
    }

    int integer(String name, int otherwise, int min, int max) {
        Optional<JsonNode> found = any(name);
        if (found.isEmpty()) {
            return otherwise;
        }
        JsonNode value = found.get();
        if (!value.isIntegralNumber()
                || !value.canConvertToInt()
                || value.intValue() < min
                || value.intValue() > max) {
            place(name).refuse("an integer from " + min + " to " + max + " is expected");
            return otherwise;
        }
        return value.intValue();
    }

    /** The items of an array; none when it is absent or refused. */
    List<JsonNode> items(String name) {
        return any(name).map(value -> items(value, place(name))).orElse(List.of());
    }

    /** The items of an array that, when it is there, has at least one. */
    List<JsonNode> someItems(String name) {
        List<JsonNode> items = items(name);
        if (items.isEmpty() && any(name).filter(JsonNode::isArray).isPresent()) {
            place(name).refuse("must not be empty: leave it out instead");
        }
        return items;
    }

    List<String> texts(String name) {
        return texts(items(name), place(name));
    }

    List<String> someTexts(String name) {
        return texts(someItems(name), place(name));
    }

    private static List<String> texts(List<JsonNode> items, Place place) {
        List<String> texts = new ArrayList<>(items.size());
        for (int i = 0; i < items.size(); i++) {
            if (items.get(i).isTextual()) {
                texts.add(items.get(i).textValue());
            } else {
                place.item(i).refuse("a text is expected");
            }
        }
        return texts;
    }

    static List<JsonNode> items(JsonNode value, Place place) {
        if (!value.isArray()) {
            place.refuse("an array is expected");
            return List.of();
        }
        if (value.size() > MAX_ENTRIES) {
            place.refuse("more than " + MAX_ENTRIES + " entries");
            return List.of();
        }
        List<JsonNode> items = new ArrayList<>(value.size());
        for (int i = 0; i < value.size(); i++) {
            items.add(value.get(i));
        }
        return items;
    }

    /** The members of an inner object; empty when it is absent or refused. */
    Optional<Members> object(String name) {
        return any(name).flatMap(value -> of(value, place(name)));
    }

    /** Refuses every member that was not asked for. */
    void refuseOthers() {
        node.fieldNames()
                .forEachRemaining(
                        name -> {
                            if (!asked.contains(name)) {
                                place.refuse(
                                        "unknown field "
                                                + Place.quoted(name)
                                                + " (known: "
                                                + asked.stream()
                                                        .distinct()
                                                        .collect(Collectors.joining(", "))
                                                + ")");
                            }
                        });
    }
}
