package io.kepm.cli.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonLayoutTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "[[],{}]",
                "\"x\\u001b\"",
                "{\"a\":1,\"b\":[1,2,{\"c\":null,\"d\":\"e\"}],\"f\":{\"g\":true}}"
            })
    void the_layout_holds_the_same_value(String text) throws IOException {
        Json json = JsonReader.read(text.getBytes(StandardCharsets.UTF_8));
        String laid = JsonLayout.of(json);
        assertThat(JsonReader.read(laid.getBytes(StandardCharsets.UTF_8))).isEqualTo(json);
        assertThat(laid).doesNotContain("\u001b");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 30})
    void a_value_that_is_too_long_for_a_line_is_taken_apart(int times) throws IOException {
        String text = "[" + "\"word\",".repeat(times) + "\"end\"]";
        Json json = JsonReader.read(text.getBytes(StandardCharsets.UTF_8));
        assertThat(JsonLayout.of(json).lines()).hasSize(times == 1 ? 1 : times + 3);
    }
}
