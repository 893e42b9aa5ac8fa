package io.kepm.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a run knows: its parameters, what the event that started it said, and what its tasks wrote.
 * For use by the thread of the run alone.
 */
final class Context {

    static final String PARAMETERS = "parameters";
    static final String API = "KeeperApiBaseUrl";

    /** What no event and no task may say. */
    private static final Set<String> OWN = Set.of(PARAMETERS, "job", "run", API);

    /** What a value costs beside its text, by experience with many small ones. */
    private static final int OF_EACH = 100;

    private static final Pattern PLACE = Pattern.compile("\\{([A-Za-z][A-Za-z0-9_.-]{0,200})}");
    private static final int LARGEST = 256 << 10;

    private final ObjectNode tree;
    private final String apiBase;

    Context(ObjectNode tree, String apiBase) {
        this.tree = tree;
        this.apiBase = apiBase;
    }

    /** A placeholder has no value that fits into one argument. */
    static final class NoValue extends Exception {
        private static final long serialVersionUID = 1L;

        NoValue(String message) {
            super(message);
        }
    }

    /** What an event says, without the names that are the agent's own. */
    static ObjectNode ofEvent(ObjectNode said) {
        ObjectNode tree = said.deepCopy();
        OWN.forEach(tree::remove);
        return tree;
    }

    /**
     * About how many bytes of memory a tree takes: many small values take far more than their text.
     */
    static long weight(JsonNode node) {
        long weight = OF_EACH + (node.isTextual() ? 2L * node.textValue().length() : 0);
        for (var entry : node.properties()) {
            weight += 2L * entry.getKey().length();
        }
        for (JsonNode each : node) {
            weight += weight(each);
        }
        return weight;
    }

    /** The value at names joined by dots; null counts as absent. */
    Optional<JsonNode> find(String path) {
        JsonNode node = tree;
        for (String name : path.split("\\.", -1)) {
            node =
                    node.isArray() && name.matches("\\d{1,4}")
                            ? node.path(Integer.parseInt(name))
                            : node.path(name);
        }
        return node.isMissingNode() || node.isNull() ? Optional.empty() : Optional.of(node);
    }

    /**
     * A text with its placeholders filled in, literally: a value is never looked at again, split,
     * or taken for anything but text.
     */
    String filled(String text) throws NoValue {
        return filled(text, value -> value);
    }

    /** What becomes of a value before it is filled in. */
    @FunctionalInterface
    interface Form {
        String of(String value) throws NoValue;
    }

    /** The same, each value in a form that fits there. */
    String filled(String text, Form form) throws NoValue {
        Matcher matcher = PLACE.matcher(text);
        StringBuilder filled = new StringBuilder();
        int from = 0;
        while (matcher.find()) {
            filled.append(text, from, matcher.start()).append(form.of(value(matcher.group(1))));
            from = matcher.end();
        }
        return filled.append(text.substring(from)).toString();
    }

    private String value(String name) throws NoValue {
        if (name.equals(API)) {
            return apiBase;
        }
        Optional<JsonNode> found = find(PARAMETERS + "." + name).or(() -> find(name));
        if (found.isEmpty()) {
            throw new NoValue("there is no value for `{" + name + "}` in this run");
        }
        if (!found.get().isValueNode()) {
            throw new NoValue("`{" + name + "}` is no single value");
        }
        String text = found.get().asText();
        if (text.indexOf('\0') >= 0) {
            throw new NoValue("`{" + name + "}` holds a NUL");
        }
        return text;
    }

    /** A tree with the placeholders in its texts filled in. */
    JsonNode filled(JsonNode node) throws NoValue {
        if (node.isTextual()) {
            return JsonText.of(filled(node.asText()));
        }
        if (node instanceof ObjectNode object) {
            ObjectNode copy = JsonText.object();
            for (var entry : object.properties()) {
                copy.set(entry.getKey(), filled(entry.getValue()));
            }
            return copy;
        }
        if (node.isArray()) {
            java.util.List<JsonNode> copy = new java.util.ArrayList<>();
            for (JsonNode each : node) {
                copy.add(filled(each));
            }
            return JsonText.of(copy);
        }
        return node;
    }

    /**
     * Adds what a task wrote.
     *
     * @throws JsonText.Unreadable when it is no JSON object; the last line alone will do
     * @throws NoValue when it names what is not for a task to say, or there is no more room
     */
    void merge(String output) throws JsonText.Unreadable, NoValue {
        ObjectNode more = parsed(output);
        for (String name : OWN) {
            if (more.has(name)) {
                throw new NoValue("`" + name + "` is not for a task to say");
            }
        }
        if (tree.toString().length() + more.toString().length() > LARGEST) {
            throw new NoValue("the context of the run would be larger than " + LARGEST + " bytes");
        }
        tree.setAll(more);
    }

    private static ObjectNode parsed(String output) throws JsonText.Unreadable {
        // All of it: a line among others may be one that somebody had it say.
        return JsonText.read(output.strip().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}
