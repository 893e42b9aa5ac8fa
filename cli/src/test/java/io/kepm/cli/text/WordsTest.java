package io.kepm.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WordsTest {

    @Test
    void words_that_a_shell_would_take_apart_are_quoted() {
        assertThat(Words.joined(List.of("/bin/sh", "-c", "rm -rf 'x'; y", "", "--a=b", "ü")))
                .isEqualTo("/bin/sh -c 'rm -rf '\\''x'\\''; y' '' --a=b ü");
    }
}
