package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** As much of JSON Schema as the description uses. */
record Schemas(Map<String, Object> named) {

    private static final String REFERENCE = "#/components/schemas/";

    /** Fails unless a value has the form, no member of an object left undescribed. */
    void require(String place, Object schema, Object value) {
        Map<?, ?> form = (Map<?, ?>) schema;
        if (form.get("$ref") instanceof String reference) {
            require(place, target(reference), value);
            return;
        }
        if (form.get("enum") instanceof List<?> words) {
            assertThat(words.contains(value)).as(place + " is one of " + words).isTrue();
            return;
        }
        Object type = form.get("type");
        List<?> types = type instanceof List<?> list ? list : List.of(String.valueOf(type));
        assertThat(types.stream().anyMatch(word -> is(String.valueOf(word), value)))
                .as(place + " is " + types + ": " + value)
                .isTrue();
        if (value instanceof List<?> items && form.containsKey("items")) {
            for (int i = 0; i < items.size(); i++) {
                require(place + "/" + i, form.get("items"), items.get(i));
            }
        }
        if (value instanceof Map<?, ?> object && form.get("properties") instanceof Map<?, ?> all) {
            if (form.get("required") instanceof List<?> required) {
                required.forEach(
                        name ->
                                assertThat(object.containsKey(name))
                                        .as(place + "/" + name)
                                        .isTrue());
            }
            boolean open = form.containsKey("description");
            object.forEach(
                    (name, member) -> {
                        assertThat(open || all.containsKey(name)).as(place + "/" + name).isTrue();
                        if (all.containsKey(name)) {
                            require(place + "/" + name, all.get(name), member);
                        }
                    });
        }
    }

    void everyReferenceLeadsSomewhere(Object part) {
        if (part instanceof Map<?, ?> map) {
            if (map.get("$ref") instanceof String reference) {
                target(reference);
            }
            map.values().forEach(this::everyReferenceLeadsSomewhere);
        } else if (part instanceof List<?> list) {
            list.forEach(this::everyReferenceLeadsSomewhere);
        }
    }

    private Object target(String reference) {
        assertThat(reference).startsWith(REFERENCE);
        Object target = named.get(reference.substring(REFERENCE.length()));
        assertThat(target).as(reference).isNotNull();
        return target;
    }

    private static boolean is(String type, Object value) {
        return switch (type) {
            case "object" -> value instanceof Map<?, ?>;
            case "array" -> value instanceof List<?>;
            case "string" -> value instanceof String;
            case "integer" -> value instanceof Long;
            case "boolean" -> value instanceof Boolean;
            case "null" -> value instanceof Optional<?>;
            default -> false;
        };
    }
}
