package io.kepm.plugins;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The member {@code metadata} of a document as plain values; what is null is left out. */
final class Metadata {

    private static final ObjectMapper JSON = new ObjectMapper();

    private Metadata() {}

    /** That of a document of a part of the agent, which is nobody's document; empty without one. */
    static Map<String, Object> in(String document) {
        try {
            return of(JSON.readTree(document).path("metadata"));
        } catch (IOException e) {
            // Who reads the document for its own sake says so.
            return Map.of();
        }
    }

    static Map<String, Object> of(JsonNode object) {
        Map<String, Object> values = new LinkedHashMap<>();
        object.properties()
                .forEach(
                        member ->
                                value(member.getValue())
                                        .ifPresent(value -> values.put(member.getKey(), value)));
        return values;
    }

    private static Optional<Object> value(JsonNode node) {
        if (node.isObject()) {
            return Optional.of(of(node));
        }
        if (node.isArray()) {
            List<Object> list = new ArrayList<>();
            node.forEach(each -> value(each).ifPresent(list::add));
            return Optional.of(list);
        }
        if (node.isIntegralNumber() && node.canConvertToLong()) {
            return Optional.of(node.asLong());
        }
        if (node.isBoolean()) {
            return Optional.of(node.asBoolean());
        }
        return node.isNull() || node.isMissingNode()
                ? Optional.empty()
                : Optional.of(node.asText());
    }
}
