package io.kepm.elevation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.trust.FileTrust;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class PersonsTest {

    @TempDir Path folder;

    private Persons persons(FileTrust trust) {
        return new Persons(folder.resolve("persons.json"), trust);
    }

    @Test
    void an_account_without_an_entry_is_a_person_of_its_own() throws Exception {
        assertThat(persons(path -> List.of()).of("alice")).isEqualTo("alice");
        Files.writeString(
                folder.resolve("persons.json"), "{\"Alice\": [\"alice\", \"alice-adm\"]}");

        Persons read = persons(path -> List.of());
        assertThat(read.of("alice")).isEqualTo(read.of("alice-adm")).isNotEqualTo("alice");
        assertThat(read.of("bob")).isEqualTo("bob");
    }

    @Test
    void a_file_that_ends_too_early_is_told_where_in_words_for_people() throws Exception {
        Files.writeString(folder.resolve("persons.json"), "{\"Alice\": [");
        assertThatThrownBy(() -> persons(path -> List.of()).of("alice"))
                .isInstanceOf(Persons.Unknown.class)
                .hasMessageEndingWith(
                        "` is no JSON: line 1, column 12: it ends too early: what begins at line 1,"
                                + " column 11 has no end");
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void ab_26_a_pipe_is_not_waited_for_and_nobody_is_anybody_then() throws Exception {
        Path pipe = folder.resolve("persons.json");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

        assertThatThrownBy(() -> persons(path -> List.of()).of("alice"))
                .isInstanceOf(Persons.Unknown.class)
                .hasMessageContaining("is not a regular file");
        FileTrust bad = path -> List.of(new FileTrust.Violation(path, "others may write it", ""));
        assertThatThrownBy(() -> persons(bad).of("alice")).hasMessageContaining("others may");
    }
}
