package io.kepm.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class WordsTest {

    @Test
    void quotes_and_backslashes_group_and_nothing_more() throws Exception {
        assertThat(Words.of("  a  'b c'\t\"d \\\" e\" f\\ g ''"))
                .containsExactly("a", "b c", "d \" e", "f g", "");
        assertThat(Words.of("a;b|c $x $(y) {z} `w` <f >g & #h *"))
                .containsExactly("a;b|c", "$x", "$(y)", "{z}", "`w`", "<f", ">g", "&", "#h", "*");
        assertThat(Words.of("")).isEmpty();
    }

    @Test
    void an_open_quote_is_refused() {
        for (String line : new String[] {"a 'b", "a \"b", "a\\", "'", "\"\\"}) {
            assertThatThrownBy(() -> Words.of(line)).isInstanceOf(Words.Unbalanced.class);
        }
    }
}
