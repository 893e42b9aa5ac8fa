package io.kepm.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kepm.policy.RealEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.junit.jupiter.api.Test;

/** The one corpus of policy cases, asked over the real broker of the real evaluator. */
class CorpusByBrokerTest {

    private static final Path CORPUS = Path.of("../../itests/corpus");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final BlockingQueue<byte[]> answers = new LinkedBlockingQueue<>();

    private static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(CORPUS)) {
            return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
        }
    }

    @Test
    void every_case_of_the_corpus_holds_over_the_broker() throws Exception {
        RealEngine engine = new RealEngine();
        List<String> differences = new ArrayList<>();
        int asked = 0;
        try (TestHouse house =
                        new TestHouse(
                                TestHouse.PATIENT.withRate(1_000_000, 1L << 40),
                                Optional.of(engine));
                MqttClient client =
                        house.paho("plugin:corpus", List.of("KeeperPolicy"), List.of())) {
            client.subscribe(
                    "plugin:corpus/Responses/+",
                    1,
                    (topic, message) -> answers.add(message.getPayload()));
            for (Path path : files()) {
                JsonNode file = JSON.readTree(path.toFile());
                if (file.has("settings")) {
                    // Of an agent that runs otherwise.
                    continue;
                }
                engine.load(file);
                for (JsonNode one : file.path("cases")) {
                    Optional<ObjectNode> request = request(file, one);
                    if (request.isPresent()) {
                        request.get().put("correlationId", "case-" + ++asked);
                        client.publish(
                                "KeeperPolicy", JSON.writeValueAsBytes(request.get()), 1, false);
                        byte[] bytes = answers.poll(60, TimeUnit.SECONDS);
                        JsonNode answer = JSON.readTree(bytes);
                        assertThat(answer.path("correlationId").asText())
                                .isEqualTo("case-" + asked);
                        differs(one.path("expect"), answer)
                                .ifPresent(
                                        difference ->
                                                differences.add(
                                                        path.getFileName()
                                                                + ": "
                                                                + one.path("name").asText()
                                                                + ": "
                                                                + difference));
                    }
                }
            }
            client.disconnect();
        }
        assertThat(differences).isEmpty();
        assertThat(asked).isGreaterThan(200);
    }

    private static Optional<ObjectNode> request(JsonNode file, JsonNode one) {
        ObjectNode request = one.path("request").deepCopy();
        if (request.path("user").path("home").isNull()) {
            // Over a door nobody can say that somebody has no home.
            return Optional.empty();
        }
        withoutNulls(request);
        if (!request.has("machine")) {
            request.set(
                    "machine",
                    file.has("machine")
                            ? file.get("machine")
                            : JSON.createObjectNode()
                                    .put("hostname", "localhost")
                                    .put("os", "linux"));
        }
        request.put("at", one.path("at").asText("2026-01-05T12:00:00+00:00"));
        return Optional.of(request);
    }

    /** As clients in practice do; in a list a null means something. */
    private static void withoutNulls(ObjectNode object) {
        Iterator<JsonNode> members = object.elements();
        while (members.hasNext()) {
            JsonNode member = members.next();
            if (member.isNull()) {
                members.remove();
            } else if (member instanceof ObjectNode inner) {
                withoutNulls(inner);
            }
        }
    }

    private static Optional<String> differs(JsonNode expect, JsonNode answer) {
        if (answer.path("status").asInt() == 422
                && expect.path("guard").asText().equals("malformed")) {
            return Optional.empty();
        }
        Map<String, Object> wanted = new TreeMap<>();
        Map<String, Object> found = new TreeMap<>();
        wanted.put("outcome", expect.path("outcome").asText());
        found.put("outcome", answer.path("decision").asText());
        if (expect.has("controls")) {
            wanted.put("controls", texts(expect.path("controls")));
            found.put("controls", texts(answer.path("controls")));
        }
        if (expect.has("policies")) {
            wanted.put("policies", new TreeSet<>(texts(expect.path("policies"))));
            found.put(
                    "policies", new TreeSet<>(answer.path("reasons").findValuesAsText("policyId")));
        }
        if (expect.has("guard")) {
            wanted.put("guard", "guard:" + expect.path("guard").asText());
            found.put("guard", answer.path("reasons").path(0).path("code").asText());
        }
        if (expect.has("wouldHave")) {
            Map<String, String> would = new TreeMap<>();
            answer.path("wouldHave")
                    .forEach(
                            w ->
                                    would.put(
                                            w.path("policyId").asText(),
                                            w.path("outcome").asText()));
            Map<String, String> expected = new TreeMap<>();
            expect.path("wouldHave")
                    .properties()
                    .forEach(entry -> expected.put(entry.getKey(), entry.getValue().asText()));
            wanted.put("wouldHave", expected);
            found.put("wouldHave", would);
        }
        return wanted.equals(found)
                ? Optional.empty()
                : Optional.of("expected " + wanted + ", but was " + found + " " + answer);
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(text -> texts.add(text.asText()));
        return texts;
    }
}
