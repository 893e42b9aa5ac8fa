package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The description says what the routes do. With {@code -Dkepm.page.write=true} {@code
 * docs/openapi.json} is written anew.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpenApiTest {

    private static final Path PAGE = Path.of("../../docs/openapi.json");

    private TestAgent agent;
    private Map<String, Object> document = Map.of();

    @BeforeAll
    void open(@TempDir Path run) throws Exception {
        agent = new TestAgent(run);
        try (RawClient client = agent.as(1001)) {
            RawClient.Reply reply = client.get("/openapi.json");
            assertThat(reply.status()).isEqualTo(200);
            document = JsonText.read(reply.body().getBytes(StandardCharsets.UTF_8));
        }
    }

    @AfterAll
    void close() {
        agent.close();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> at(Object object, String... names) {
        Object found = object;
        for (String name : names) {
            found = ((Map<String, Object>) found).get(name);
            assertThat(found).as(name).isNotNull();
        }
        return (Map<String, Object>) found;
    }

    @Test
    void every_route_that_is_served_is_described_with_its_tier_and_no_other() {
        Map<String, String> described = new TreeMap<>();
        at(document, "paths")
                .forEach(
                        (path, methods) ->
                                at(methods)
                                        .forEach(
                                                (method, operation) ->
                                                        described.put(
                                                                method + " " + path,
                                                                at(operation).get("x-kepm-tier")
                                                                        + " "
                                                                        + at(operation)
                                                                                .get(
                                                                                        "x-kepm-readers"))));
        Map<String, String> served = new TreeMap<>();
        for (Route route : RoutesTest.ROUTES.all()) {
            if (route.isServed()) {
                served.put(
                        (route.method() + " ").toLowerCase(java.util.Locale.ROOT)
                                + route.template(),
                        route.tier().name().toLowerCase(java.util.Locale.ROOT)
                                + " "
                                + (route.readers().isEmpty() ? null : route.readers()));
            }
        }
        assertThat(described).isEqualTo(served);
    }

    @Test
    void the_forms_are_those_of_routes_that_there_are() throws Exception {
        TreeSet<String> served = new TreeSet<>();
        for (Route route : RoutesTest.ROUTES.all()) {
            if (route.isServed()) {
                served.add(route.method() + " " + route.template());
            }
        }
        byte[] parts =
                Files.readAllBytes(Path.of("src/main/resources/io/kepm/https/openapi-parts.json"));
        assertThat(at(JsonText.read(parts), "routes").keySet())
                .as("add a line to openapi-parts.json for a new route, remove that of an old one")
                .containsExactlyInAnyOrderElementsOf(served);
    }

    @Test
    void it_is_openapi_as_far_as_a_reader_needs() {
        assertThat(document.get("openapi")).isEqualTo("3.1.0");
        assertThat(at(document, "info").keySet()).contains("title", "version");
        TreeSet<String> ids = new TreeSet<>();
        at(document, "paths")
                .values()
                .forEach(
                        methods ->
                                at(methods)
                                        .values()
                                        .forEach(
                                                operation -> {
                                                    assertThat(at(operation).keySet())
                                                            .contains("summary", "responses");
                                                    assertThat(
                                                                    ids.add(
                                                                            String.valueOf(
                                                                                    at(operation)
                                                                                            .get(
                                                                                                    "operationId"))))
                                                            .isTrue();
                                                }));
        new Schemas(at(document, "components", "schemas")).everyReferenceLeadsSomewhere(document);
    }

    @Test
    void answers_are_of_the_form_that_is_described() throws Exception {
        Schemas schemas = new Schemas(at(document, "components", "schemas"));
        for (String path :
                List.of(
                        "/health",
                        "/",
                        "/api/system/status",
                        "/api/health",
                        "/api/policies",
                        "/api/audit",
                        "/api/audit/verify",
                        "/api/grants",
                        "/api/entitlements",
                        "/api/governed",
                        "/api/pluginsettings",
                        "/api/certificate")) {
            check(schemas, "get", path, "");
        }
        check(schemas, "post", "/api/policies/reload", "{}");
        check(schemas, "post", "/api/storage/check", "{}");
        check(schemas, "post", "/api/storage/rotate-key", "{}");
        check(schemas, "post", "/api/certificate/rotate", "{}");
        check(schemas, "post", "/api/governed", "{\"subject\":\"alice\",\"action\":\"plan\"}");
        check(
                schemas,
                "post",
                "/api/evaluate",
                "{\"eventType\":\"CommandLine\",\"user\":{\"name\":\"alice\"},"
                        + "\"target\":{\"path\":\"/usr/bin/id\",\"argv\":[\"id\"]}}");
    }

    private void check(Schemas schemas, String method, String path, String body) throws Exception {
        Map<String, Object> operation = at(document, "paths", path, method);
        try (RawClient client = agent.as(0)) {
            RawClient.Reply reply =
                    method.equals("get") ? client.get(path) : client.post(path, body);
            assertThat(reply.status()).as(path + reply.body()).isEqualTo(200);
            schemas.require(
                    path,
                    at(operation, "responses", "200", "content", "application/json", "schema"),
                    JsonText.read(reply.body().getBytes(StandardCharsets.UTF_8)));
        }
        if (!body.isEmpty()) {
            schemas.require(
                    path + " body",
                    at(operation, "requestBody", "content", "application/json", "schema"),
                    JsonText.read(body.getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Test
    void a_problem_is_of_the_form_that_is_described() throws Exception {
        Schemas schemas = new Schemas(at(document, "components", "schemas"));
        try (RawClient client = agent.as(0)) {
            RawClient.Reply reply = client.post("/api/governed", "{\"subject\":1,\"x\":2}");
            assertThat(reply.status()).isEqualTo(422);
            schemas.require(
                    "problem",
                    Map.of("$ref", "#/components/schemas/Problem"),
                    JsonText.read(reply.body().getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Test
    void the_page_of_the_documentation_is_the_served_one() throws Exception {
        String text =
                new String(JsonText.write(document), StandardCharsets.UTF_8)
                        .replace("{\"summary\"", "\n{\"summary\"")
                        .replace(",\"/", ",\n\"/");
        if (Boolean.getBoolean("kepm.page.write")) {
            Files.writeString(PAGE, text + "\n");
        }
        assertThat(Files.readString(PAGE))
                .as("write it anew with -Dkepm.page.write=true")
                .isEqualTo(text + "\n");
    }
}
