package io.kepm.itests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The one corpus of policy cases, by the command line, the API and sudo of the assembled agent. */
class CorpusIT {

    private static final Path CORPUS = Trial.REPOSITORY.resolve("itests/corpus");

    private static Trial trial;

    @BeforeAll
    static void up() {
        trial = Trial.up();
    }

    @AfterAll
    static void down() {
        trial.close();
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(CORPUS)) {
            return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
        }
    }

    @Test
    void every_case_holds_by_the_command_line_and_by_the_api() throws IOException {
        trial.write(
                "/root/corpus_by_api.py",
                Files.readString(Path.of("src/test/resources/corpus_by_api.py")),
                "0700");
        int asked = 0;
        for (Path file : files()) {
            String name = "/root/" + file.getFileName();
            trial.write(name, Files.readString(file), "0600");
            Trial.Result cli = trial.exec("kepm", "policy", "test", name);
            assertThat(cli.code()).as(file + ":\n" + cli.both()).isZero();
            asked += byApi(file, name);
        }
        assertThat(asked).isGreaterThan(200);
    }

    @Test
    void the_cases_that_somebody_can_type_hold_by_sudo() throws IOException {
        JsonNode file = new ObjectMapper().readTree(CORPUS.resolve("typed.json").toFile());
        trial.write("/usr/local/sbin/effect", "#!/bin/sh\nexit 7\n", "0755");
        trial.as("alice", "true");
        trial.sh("rm -f /opt/keeper/sbin/policies/*.json");
        trial.policy("typed.json", file.path("policies").toString());
        Set<String> outcomes = new TreeSet<>();
        for (JsonNode one : file.path("cases")) {
            List<String> command = new ArrayList<>(List.of("sudo", "-n", "-u"));
            command.add(one.path("request").path("runAs").asText("root"));
            one.path("request").path("target").path("argv").forEach(w -> command.add(w.asText()));
            String outcome = one.path("expect").path("outcome").asText();
            Trial.Result result = trial.as("alice", command.toArray(String[]::new));
            assertThat(result.code())
                    .as(one.path("name").asText() + "\n" + result.both())
                    .isEqualTo(outcome.equals("ALLOW") ? 7 : 1);
            outcomes.add(outcome);
        }
        assertThat(outcomes).containsExactly("ALLOW", "DENY", "PENDING");
    }

    private static int byApi(Path file, String name) throws IOException {
        JsonNode tree = new ObjectMapper().readTree(file.toFile());
        if (tree.has("settings")) {
            // Of an agent that runs otherwise.
            return 0;
        }
        JsonNode collections = tree.path("collections");
        trial.sh("rm -f /opt/keeper/sbin/policies/*.json");
        if (collections.isArray()) {
            trial.write("/root/collections", collections.toString(), "0640");
            trial.sh(
                    "chown root:kepm-admins /root/collections"
                            + " && mv /root/collections /opt/keeper/sbin/policies/collections.json");
        }
        trial.policy("corpus.json", tree.path("policies").toString());
        String said = trial.exec("python3", "/root/corpus_by_api.py", name).both().strip();
        assertThat(said).as(file.toString()).matches("asked [0-9]+");
        return Integer.parseInt(said.substring("asked ".length()));
    }
}
