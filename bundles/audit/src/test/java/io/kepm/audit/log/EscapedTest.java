package io.kepm.audit.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.log.LogLevel;
import io.kepm.api.log.LogRecord;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class EscapedTest {

    @Test
    void a_look_up_is_text() {
        assertThat(Escaped.of("${jndi:ldap://x/a}")).isEqualTo("\\u{24}{jndi:ldap://x/a}");
        assertThat(Escaped.of("$${env:X} costs $5")).isEqualTo("$\\u{24}{env:X} costs $5");
    }

    @Test
    void a_conversion_is_text() {
        assertThat(Escaped.of("%n%x 100% 100 %, 50%25"))
                .isEqualTo("\\u{25}n\\u{25}x 100% 100 %, 50%25");
    }

    @Test
    void escape_sequences_of_terminals_are_shown() {
        assertThat(Escaped.of("\u001b[2J\u009b31mred\u0007"))
                .isEqualTo("\\u{1b}[2J\\u{9b}31mred\\u{7}");
    }

    @Test
    void ab_97_a_line_end_forges_no_line() {
        assertThat(Escaped.of("a\nb\r\nc\u2028d\u0085e\u000bf\ttab"))
                .isEqualTo("a\\nb\\u{d}\\nc\\u{2028}d\\u{85}e\\u{b}f\\ttab");
    }

    @Test
    void marks_that_turn_the_writing_round_or_hide_are_shown() {
        assertThat(Escaped.of("\u202egnp.exe \u2066x\u2069 \u200bhidden \ufeff"))
                .isEqualTo("\\u{202e}gnp.exe \\u{2066}x\\u{2069} \\u{200b}hidden \\u{feff}");
    }

    @Test
    void half_a_character_is_shown() {
        assertThat(Escaped.of("a\ud800b\udc00")).isEqualTo("a\\u{d800}b\\u{dc00}");
        assertThat(Escaped.of("😀 ü 漢")).isEqualTo("😀 ü 漢");
    }

    @Test
    void a_backslash_is_told_from_an_escape() {
        assertThat(Escaped.of("\\n \\u{1b}")).isEqualTo("\\\\n \\\\u{1b}");
    }

    @Test
    void ab_97_no_text_whatever_becomes_two_lines_or_steers_a_terminal_in_any_format() {
        Random random = new Random(7);
        for (int i = 0; i < 2000; i++) {
            StringBuilder text = new StringBuilder();
            for (int j = 0; j < 40; j++) {
                text.append(
                        (char)
                                (random.nextInt(4) == 0
                                        ? random.nextInt(0x10000)
                                        : random.nextInt(0xa0)));
            }
            String bad = text.toString();
            LogRecord escaped =
                    Escaped.of(
                            new LogRecord(
                                    Instant.EPOCH,
                                    LogLevel.ERROR,
                                    bad,
                                    bad,
                                    new TreeMap<>(Map.of(bad, bad))));
            for (LogFormat format : LogFormat.values()) {
                String line = format.line(escaped);
                assertThat(line.lines()).hasSize(1);
                assertThat(line).doesNotContain("${");
                assertThat(line.chars().filter(c -> c < ' ' || c >= 0x7f && c < 0xa0)).isEmpty();
                assertThat(
                                new String(
                                        line.getBytes(StandardCharsets.UTF_8),
                                        StandardCharsets.UTF_8))
                        .isEqualTo(line);
            }
        }
    }

    @Test
    void ab_109_secrets_are_hidden_in_messages_and_fields() {
        LogRecord escaped =
                Escaped.of(
                        new LogRecord(
                                Instant.EPOCH,
                                LogLevel.ERROR,
                                "x",
                                "login failed: --password=hunter2 and Authorization: Bearer canary1",
                                new TreeMap<>(Map.of("exception", "token=canary2 | at x"))));
        assertThat(LogFormat.TEXT.line(escaped) + LogFormat.JSON.line(escaped))
                .contains("***")
                .doesNotContain("hunter2", "canary");
    }

    @Test
    void a_long_message_is_cut_and_says_how_long_it_was() {
        LogRecord cut = Bounded.of(Fakes.line("x".repeat(1_000_000)));
        assertThat(cut.message()).hasSizeLessThan(17_000).endsWith("… (1000000 characters)");
    }
}
