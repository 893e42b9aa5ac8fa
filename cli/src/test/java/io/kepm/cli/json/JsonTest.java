package io.kepm.cli.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class JsonTest {

    @Test
    void values_come_back_as_they_went() throws IOException {
        String text =
                "{\"b\":[1,-2,1.50,123456789012345678901,true,null],\"a\":{\"\":\"\\\"\\\\\\n\"}}";
        assertThat(read(text).toString()).isEqualTo(text);
    }

    @Test
    void ab_97_json_for_machines_cannot_drive_a_terminal() throws IOException {
        String hostile = "\u001b[2J\u009b31m\u202egpj\u2066\u200b\u0007\ud800\u2028\ud83d\ude00ü";
        assertThat(Json.of(hostile).toString())
                .isEqualTo(
                        "\"\\u001b[2J\\u009b31m\\u202egpj\\u2066\\u200b\\u0007\\ud800\\u2028\\ud83d\\ude00ü\"");
    }

    @Test
    void what_is_not_strict_json_is_refused() {
        for (String text :
                new String[] {
                    "",
                    "{\"a\":1,\"a\":2}",
                    "{} {}",
                    "{'a':1}",
                    "[1,]",
                    "nul",
                    "[".repeat(100),
                    "NaN",
                    "9".repeat(60)
                }) {
            assertThatThrownBy(() -> read(text))
                    .as(text)
                    .isInstanceOf(IOException.class)
                    .message()
                    .doesNotContain("\n");
        }
        assertThatThrownBy(() -> read("{\"a\": [1"))
                .hasMessage(
                        "line 1, column 9: it ends too early: what begins at line 1, column 7 has"
                                + " no end");
    }

    @Test
    void reading_a_value_of_another_kind_gives_nothing() throws IOException {
        Json json = read("{\"a\":[1]}");
        assertThat(json.at("a").text()).isEmpty();
        assertThat(json.at("b").at("c").items()).isEmpty();
        assertThat(json.at("b").isMissing()).isTrue();
        assertThat(json.at("a").members()).isEmpty();
        assertThat(json.at("a").isTrue()).isFalse();
        assertThat(json.text("else")).isEqualTo("else");
    }

    @Property
    void any_text_survives_writing_and_reading(@ForAll String text) throws IOException {
        // UTF-8 has no form for half a pair, so the writer escapes it and the reader may refuse it.
        if (StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            String written = Json.of(text).toString();
            assertThat(read(written).text()).isEqualTo(text);
            assertThat(written).doesNotMatch("(?s).*[\\x00-\\x1f\\x7f-\\x9f\\u202a-\\u202e].*");
        }
    }

    private static Json read(String text) throws IOException {
        return JsonReader.read(text.getBytes(StandardCharsets.UTF_8));
    }
}
