package io.kepm.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a user must not reach without a right of its own, as data: a hurdle and an alarm, not a
 * wall. {@code protected.json} in this bundle holds it.
 *
 * @param names exact names of units and processes of the agent
 * @param prefix what further names begin with; also the package
 * @param tools by command name
 */
record ProtectedList(
        List<String> paths,
        Set<String> commands,
        List<String> names,
        String prefix,
        Map<String, Tool> tools) {

    /** How a tool names its objects. */
    enum Kind {
        UNIT,
        SERVICE,
        PACKAGE,
        PROCESS
    }

    /**
     * A tool that can stop or remove the agent.
     *
     * @param flags options that take no value
     * @param valued options that take one
     * @param harmless verbs that change nothing
     * @param always verbs that reach everything
     * @param removing verbs and options that remove packages
     * @param removingPrefixes what makes a removal of a package word, whatever the verb
     * @param removingSuffixes likewise, behind it
     * @param expressions whether a word may be a regular expression
     */
    record Tool(
            Kind kind,
            Set<String> flags,
            Set<String> valued,
            Set<String> harmless,
            Set<String> always,
            Set<String> removing,
            List<String> removingPrefixes,
            List<String> removingSuffixes,
            boolean expressions) {}

    static ProtectedList shipped() {
        try (InputStream in = ProtectedList.class.getResourceAsStream("protected.json")) {
            if (in == null) {
                throw new IllegalStateException("protected.json is missing from this bundle");
            }
            Faults faults = new Faults();
            JsonNode root =
                    JsonText.read(in.readAllBytes(), new Place(faults, "protected.json", "", ""))
                            .orElseThrow(
                                    () -> new IllegalStateException(faults.list().get(0).text()));
            return read(root);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ProtectedList read(JsonNode root) {
        Map<String, Tool> tools = new HashMap<>();
        for (JsonNode node : root.get("tools")) {
            Tool tool =
                    new Tool(
                            Kind.valueOf(
                                    node.get("kind").asText().toUpperCase(java.util.Locale.ROOT)),
                            set(node, "flags"),
                            set(node, "valued"),
                            set(node, "harmless"),
                            set(node, "always"),
                            set(node, "removing"),
                            list(node, "removingPrefixes"),
                            list(node, "removingSuffixes"),
                            node.path("expressions").asBoolean(false));
            list(node, "commands").forEach(command -> tools.put(command, tool));
        }
        return new ProtectedList(
                list(root, "paths"),
                set(root, "commands"),
                list(root, "names"),
                root.get("prefix").asText(),
                Map.copyOf(tools));
    }

    private static Set<String> set(JsonNode node, String name) {
        return Set.copyOf(new HashSet<>(list(node, name)));
    }

    private static List<String> list(JsonNode node, String name) {
        List<String> texts = new ArrayList<>();
        node.path(name).forEach(item -> texts.add(item.asText()));
        return List.copyOf(texts);
    }
}
