package io.kepm.itests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The one corpus of policy cases, by the command line and by the API of the assembled agent. */
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
