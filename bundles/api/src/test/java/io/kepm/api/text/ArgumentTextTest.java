package io.kepm.api.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ArgumentTextTest {

    @Test
    void words_are_split_as_a_shell_does_and_never_given_to_one() throws Exception {
        assertThat(ArgumentText.split("")).isEmpty();
        assertThat(ArgumentText.split("  a  'b c'\t\"d \\\" e\" f\\ g ''"))
                .containsExactly("a", "b c", "d \" e", "f g", "");
        assertThat(ArgumentText.split("\"\\x\" '\\y'")).containsExactly("\\x", "\\y");
        assertThat(ArgumentText.split("a;b|c $x $(y) {z} `w` <f >g & #h *"))
                .containsExactly("a;b|c", "$x", "$(y)", "{z}", "`w`", "<f", ">g", "&", "#h", "*");
    }

    @Test
    void what_is_not_closed_is_refused() {
        for (String line : new String[] {"a 'b", "a \"b", "a\\", "'", "\"\\"}) {
            assertThatThrownBy(() -> ArgumentText.split(line))
                    .as(line)
                    .isInstanceOf(ArgumentText.Unbalanced.class);
        }
    }
}
