package io.kepm.shell;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTest {

    @Test
    void ab_97_what_steers_a_terminal_is_shown_not_done() {
        assertThat(Printable.of("a\u001b[31m\n\r\u009b\u202eb\u200b\u2028\ud800ä日"))
                .isEqualTo(
                        "a\\u{1b}[31m\\u{a}\\u{d}\\u{9b}\\u{202e}b\\u{200b}\\u{2028}\\u{d800}ä日");
    }
}
