package io.kepm.api.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.text.VisibleText;
import org.junit.jupiter.api.Test;

class VisibleTextTest {

    @Test
    void ab_97_what_a_terminal_obeys_or_what_ends_a_line_is_shown() {
        assertThat(VisibleText.of(HostileRecord.TEXT, 200)).isEqualTo(HostileRecord.SHOWN);
        assertThat(VisibleText.of("\u009b\u0085\0\u007f", 200)).isEqualTo("\\x9b\\x85\\x00\\x7f");
        assertThat(VisibleText.of(HostileRecord.SHOWN, 200)).isEqualTo(HostileRecord.SHOWN);
    }

    @Test
    void what_is_too_long_is_cut_between_characters() {
        assertThat(VisibleText.of("a".repeat(16), 16)).isEqualTo("a".repeat(16));
        assertThat(VisibleText.of("a".repeat(17), 16)).isEqualTo("a".repeat(15) + "…");
        String pairs = "\uD83D\uDE00".repeat(20);
        assertThat(VisibleText.of(pairs, 16)).isEqualTo("\uD83D\uDE00".repeat(7) + "…");
        assertThat(VisibleText.of("\n".repeat(20), 16)).isEqualTo("\\x0a\\x0a\\x0a…");
        assertThat(VisibleText.of("a".repeat(12) + "\n", 16)).isEqualTo("a".repeat(12) + "\\x0a");
        assertThat(VisibleText.of("a".repeat(13) + "\n", 16)).isEqualTo("a".repeat(13) + "…");
    }
}
