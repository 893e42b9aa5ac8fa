package io.kepm.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The schema that editors use, held against the loader on the same documents. */
class SchemaTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonSchema SCHEMA = schema();

    private static JsonSchema schema() {
        try (InputStream in = Files.newInputStream(Path.of("../../etc/policy.schema.json"))) {
            return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(in);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static InputStream resource(String name) {
        InputStream in = SchemaTest.class.getResourceAsStream(name);
        if (in == null) {
            throw new IllegalStateException(name + " is missing");
        }
        return in;
    }

    private static boolean loads(JsonNode policy) {
        Faults faults = new Faults();
        byte[] bytes = policy.toString().getBytes(StandardCharsets.UTF_8);
        PolicyLoader.load(List.of(new PolicyText("p.json", bytes)), faults);
        return faults.isEmpty();
    }

    @Test
    void what_the_loader_takes_the_schema_takes() throws IOException {
        List<JsonNode> good = new ArrayList<>();
        for (String folder : List.of("../../itests/corpus", "../../etc/policies")) {
            try (Stream<Path> files = Files.list(Path.of(folder))) {
                for (Path file : files.filter(f -> f.toString().endsWith(".json")).toList()) {
                    JsonNode tree = JSON.readTree(file.toFile());
                    JsonNode policies = tree.isArray() ? tree : tree.path("policies");
                    (policies.isArray() ? policies : JSON.createArrayNode().add(tree))
                            .forEach(good::add);
                }
            }
        }
        assertThat(good).hasSizeGreaterThan(100);
        for (JsonNode policy : good) {
            assertThat(SCHEMA.validate(policy)).as(policy.toString()).isEmpty();
        }
        assertThat(SCHEMA.validate(JSON.createArrayNode().addAll(good))).isEmpty();
    }

    @Test
    void ab_80_what_the_schema_refuses_the_loader_refuses_and_what_is_beyond_it_is_said()
            throws IOException {
        JsonNode bad = JSON.readTree(resource("bad-policies.json"));
        assertThat(bad.size()).isGreaterThan(60);
        for (JsonNode one : bad) {
            String name = one.path("name").asText();
            assertThat(loads(one.path("policy"))).as("loader: " + name).isFalse();
            assertThat(SCHEMA.validate(one.path("policy")).isEmpty())
                    .as("schema: " + name)
                    .isEqualTo(one.has("beyond"));
        }
    }
}
