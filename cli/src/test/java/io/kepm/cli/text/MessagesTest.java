package io.kepm.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class MessagesTest {

    private final Messages messages = Messages.of("en");

    @Test
    void ab_97_values_are_escaped_on_their_way_into_a_sentence() {
        assertThat(messages.get("error.verb", "x\u001b[2J {0}\n"))
                .isEqualTo("unknown verb `x\\x1b[2J {0}\\x0a`: `kepm help` lists them");
    }

    @Test
    void a_language_that_is_not_there_is_english() {
        assertThat(Messages.of("xx").get("grants.none")).isEqualTo(messages.get("grants.none"));
        assertThat(Messages.of("../../x").get("grants.none"))
                .isEqualTo(messages.get("grants.none"));
    }

    @Test
    void a_key_without_a_sentence_is_a_fault_of_ours() {
        assertThatThrownBy(() -> messages.get("no.such")).hasMessageContaining("no.such");
    }

    @Test
    void no_sentence_was_broken_into_a_key_of_its_own() throws IOException {
        assertThat(
                        Files.readAllLines(
                                Path.of("src/main/resources/io/kepm/cli/messages.properties")))
                .filteredOn(line -> !line.isBlank() && !line.startsWith("#"))
                .allMatch(line -> line.matches("[a-zA-Z0-9.%|_-]+ = .+"), "KEY = SENTENCE");
    }

    @Test
    void every_key_that_the_code_names_has_a_sentence() throws IOException {
        Pattern named =
                Pattern.compile(
                        "(say|get|usage|failed|count)\\(\\s*(?:good\\s*\\?\\s*)?\"([a-z][a-z0-9.]+)\"");
        int found = 0;
        try (var files = Files.walk(Path.of("src/main/java"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                Matcher matcher = named.matcher(Files.readString(file));
                while (matcher.find()) {
                    String key = matcher.group(2);
                    if (key.endsWith(".")) {
                        continue;
                    }
                    boolean counted = matcher.group(1).equals("count");
                    assertThat(messages.find(counted ? key + ".one" : key))
                            .as(key + " in " + file.getFileName())
                            .isPresent();
                    found++;
                }
            }
        }
        assertThat(found).isGreaterThan(80);
    }
}
