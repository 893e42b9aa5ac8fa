package io.kepm.https;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * The contract as OpenAPI 3.1, made of the one table of routes: methods, paths and tiers from
 * there, the forms of bodies and answers from {@code openapi-parts.json}. A route that this version
 * does not serve is not in it.
 */
final class OpenApi {

    private static final String PARTS = "openapi-parts.json";
    private static final String PROBLEM = "application/problem+json";

    private final String version;
    private volatile Answer page = Answer.problem(503, "the agent starts: try again");

    OpenApi(String version) {
        this.version = version;
    }

    /**
     * Called once, with every route. Written once, too: strangers may ask as often as they like.
     */
    void describe(Routes routes) {
        String text = new String(JsonText.write(document(routes)), StandardCharsets.UTF_8);
        page = Answer.text("application/json", text);
    }

    Answer answer(Call call) {
        return page;
    }

    private Map<String, Object> document(Routes routes) {
        Map<String, Object> parts = parts();
        Map<String, Object> forms = member(parts, "routes");
        Map<String, Object> paths = new LinkedHashMap<>();
        for (Route route : routes.all()) {
            if (route.isServed()) {
                Map<String, Object> form = member(forms, route.method() + " " + route.template());
                @SuppressWarnings("unchecked")
                Map<String, Object> path =
                        (Map<String, Object>)
                                paths.computeIfAbsent(
                                        route.template(), key -> new LinkedHashMap<>());
                path.put(route.method().toLowerCase(Locale.ROOT), operation(route, form));
            }
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("openapi", "3.1.0");
        document.put(
                "info",
                ordered(
                        "title",
                        "KEPM agent",
                        "version",
                        version,
                        "license",
                        ordered("name", "Apache-2.0", "identifier", "Apache-2.0")));
        document.put("servers", List.of(ordered("url", "https://localhost:6889")));
        document.put("paths", paths);
        document.put("components", ordered("schemas", member(parts, "schemas")));
        return document;
    }

    private static Map<String, Object> operation(Route route, Map<String, Object> form) {
        Map<String, Object> operation = new LinkedHashMap<>();
        operation.put("summary", form.getOrDefault("summary", route.template()));
        operation.put("operationId", operationId(route));
        operation.put("x-kepm-tier", route.tier().name().toLowerCase(Locale.ROOT));
        if (!route.readers().isEmpty()) {
            operation.put("x-kepm-readers", route.readers());
        }
        List<Object> parameters = new ArrayList<>();
        for (String segment : Route.segments(route.template())) {
            if (segment.startsWith("{")) {
                parameters.add(
                        parameter("path", segment.substring(1, segment.length() - 1), "", true));
            }
        }
        for (String place : List.of("query", "header")) {
            if (form.get(place) instanceof List<?> named) {
                named.forEach(item -> parameters.add(parameter(place, item)));
            }
        }
        if (!parameters.isEmpty()) {
            operation.put("parameters", parameters);
        }
        if (form.get("body") instanceof Map<?, ?> body) {
            operation.put("requestBody", ordered("content", content(form, "bodyType", body)));
        }
        operation.put("responses", responses(form));
        return operation;
    }

    private static Map<String, Object> responses(Map<String, Object> form) {
        Object answer = form.getOrDefault("answer", Map.of());
        Map<String, Object> responses = new LinkedHashMap<>();
        responses.put(
                "200", ordered("description", "done", "content", content(form, "type", answer)));
        responses.put(
                "default",
                ordered(
                        "description",
                        "refused or failed (RFC 9457)",
                        "content",
                        ordered(
                                PROBLEM,
                                ordered(
                                        "schema",
                                        ordered("$ref", "#/components/schemas/Problem")))));
        return responses;
    }

    /** A schema in each of the media types that a member of the form names; JSON without one. */
    private static Map<String, Object> content(
            Map<String, Object> form, String member, Object schema) {
        Map<String, Object> content = new LinkedHashMap<>();
        String types = String.valueOf(form.getOrDefault(member, "application/json"));
        for (String type : types.split(", ", -1)) {
            content.put(type, ordered("schema", schema));
        }
        return content;
    }

    private static Map<String, Object> parameter(String place, Object item) {
        Map<?, ?> named = item instanceof Map<?, ?> map ? map : Map.of();
        return parameter(
                place,
                String.valueOf(named.get("name")),
                String.valueOf(named.get("description")),
                false);
    }

    private static Map<String, Object> parameter(
            String place, String name, String description, boolean required) {
        Map<String, Object> parameter = ordered("name", name, "in", place);
        if (!description.isEmpty()) {
            parameter.put("description", description);
        }
        if (required) {
            parameter.put("required", true);
        }
        parameter.put("schema", ordered("type", "string"));
        return parameter;
    }

    /** {@code getApiAuditStream}: one word for generators of clients. */
    private static String operationId(Route route) {
        StringBuilder id = new StringBuilder(route.method().toLowerCase(Locale.ROOT));
        for (String word : route.template().split("[^a-z0-9]+", -1)) {
            if (!word.isEmpty()) {
                id.append(Character.toUpperCase(word.charAt(0))).append(word.substring(1));
            }
        }
        return id.toString();
    }

    private static Map<String, Object> parts() {
        try (InputStream in = Objects.requireNonNull(OpenApi.class.getResourceAsStream(PARTS))) {
            return JsonText.read(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (JsonText.Unreadable e) {
            throw new IllegalStateException(PARTS, e);
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> member(Map<String, Object> object, String name) {
        return object.get(name) instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
    }

    private static Map<String, Object> ordered(Object... pairs) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put((String) pairs[i], pairs[i + 1]);
        }
        return map;
    }
}
