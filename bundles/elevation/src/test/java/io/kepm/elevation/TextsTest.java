package io.kepm.elevation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class TextsTest {

    private static final Path SOURCES = Path.of("src/main/java/io/kepm/elevation");
    private static final Path SENTENCES =
            Path.of("src/main/resources/io/kepm/elevation/sentences.properties");

    /** Keys are words with dots between them; what is no sentence has none, or blanks. */
    private static final Pattern KEY =
            Pattern.compile(
                    "\"((?:refused|condition|factor|reason|confirm|approval|notice|news|grant|time)(?:\\.[a-z_]+)+)\"");

    @Test
    void every_sentence_that_the_code_names_is_there_and_no_other() throws IOException {
        Set<String> named = new TreeSet<>();
        try (var files = Files.list(SOURCES)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                Matcher matcher = KEY.matcher(Files.readString(file));
                while (matcher.find()) {
                    named.add(matcher.group(1));
                }
            }
        }
        Properties sentences = new Properties();
        try (var in = Files.newBufferedReader(SENTENCES)) {
            sentences.load(in);
        }
        Set<String> said = new TreeSet<>();
        for (String key : sentences.stringPropertyNames()) {
            // Endings that are put together from what is so.
            said.add(
                    key.replaceFirst("\\.(one|many|by)$", "")
                            .replaceFirst("^(approval\\.waiting)\\..*", "$1"));
        }
        named.removeIf(key -> key.endsWith(".by") && said.contains(key.replaceFirst("\\.by$", "")));
        assertThat(named).isEqualTo(said);
    }

    @Test
    void nobody_speaks_past_the_catalogue() throws IOException {
        try (var files = Files.list(SOURCES)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                assertThat(Files.readString(file)).as("%s", file).doesNotContain("\"denied");
            }
        }
    }
}
