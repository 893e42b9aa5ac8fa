package io.kepm.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class TerminalTextTest {

    @Test
    void ab_97_escape_sequences_are_shown_and_not_obeyed() {
        assertThat(TerminalText.escape("a\u001b[31mred\u001b]0;title\u0007\u009b2J\u007f"))
                .isEqualTo("a\\x1b[31mred\\x1b]0;title\\x07\\x9b2J\\x7f");
    }

    @Test
    void ab_97_a_text_stays_on_its_line() {
        assertThat(TerminalText.escape("a\r\nb\tc\u0085d\u2028e"))
                .isEqualTo("a\\x0d\\x0ab\\x09c\\x85d\\u{2028}e");
    }

    @Test
    void ab_97_marks_that_reorder_or_hide_text_are_shown() {
        assertThat(TerminalText.escape("exe\u202egpj.\u2066x\u200b\ufeff\u00ad\u3164\u2800\u00a0z"))
                .isEqualTo(
                        "exe\\u{202e}gpj.\\u{2066}x\\u{200b}\\u{feff}\\xad\\u{3164}\\u{2800}\\xa0z");
        assertThat(TerminalText.escape("\ud800x\udc00\udb40\udc41"))
                .isEqualTo("\\u{d800}x\\u{dc00}\\u{e0041}");
    }

    @Test
    void letters_of_any_script_are_kept() {
        String text = "Grüße, Ελλάδα, 日本, עברית, 😀 — `rm`";
        assertThat(TerminalText.escape(text)).isEqualTo(text);
    }

    @Test
    void a_terminal_without_unicode_gets_ascii() {
        assertThat(TerminalText.escape("Grüße 日", false)).isEqualTo("Gr\\xfc\\xdfe \\u{65e5}");
    }

    @Property
    void nothing_that_a_terminal_obeys_is_left_and_twice_is_once(@ForAll String text) {
        String escaped = TerminalText.escape(text);
        assertThat(escaped.codePoints())
                .noneMatch(
                        c ->
                                Character.isISOControl(c)
                                        || Character.getType(c) == Character.FORMAT
                                        || Character.getType(c) == Character.SURROGATE
                                        || c == 0x2028
                                        || c == 0x2029);
        assertThat(TerminalText.escape(escaped)).isEqualTo(escaped);
    }
}
