package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.json.Fields;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.Size;

/** Parsers that meet outside bytes: they refuse, they never break. */
class ParserFuzzTest {

    @Property
    void a_path_that_is_taken_has_one_reading(
            @ForAll @Chars({'/', '.', '%', '2', 'e', 'F', ';', '\\', 'a', '5', 'c', '0'})
                    String raw) {
        Optional<String> path = Target.path("/" + raw);
        path.ifPresent(
                plain ->
                        assertThat(plain)
                                .startsWith("/")
                                .doesNotContain("//", "/../", "/./", ";", "\\", "%", "\u0000")
                                .doesNotEndWith("/..")
                                .doesNotEndWith("/."));
    }

    @Property
    void any_text_is_a_query_or_none(@ForAll @CharRange(from = ' ', to = '~') String raw) {
        assertThat(Target.query(raw)).isNotNull();
        assertThat(Target.path(raw)).isNotNull();
    }

    @Property
    void any_bytes_are_json_or_unreadable(@ForAll @Size(max = 200) byte[] bytes) {
        try {
            assertThat(JsonText.read(bytes)).isNotNull();
        } catch (JsonText.Unreadable e) {
            assertThat(e).hasMessageContaining("body");
        }
    }

    @Property
    void almost_json_is_json_or_unreadable(
            @ForAll @Chars({'{', '}', '[', ']', '"', ':', ',', 'a', '1', '-', '.', 'e', '\\', 'u'})
                    String text) {
        byte[] bytes = ("{\"a\":" + text + "}").getBytes(StandardCharsets.UTF_8);
        try {
            Map<String, Object> read = JsonText.read(bytes);
            new Fields(read).faults();
            assertThat(JsonText.read(("{\"a\":" + text + "}").getBytes(StandardCharsets.UTF_8)))
                    .isEqualTo(read);
        } catch (JsonText.Unreadable e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }

    @Property
    void what_is_written_is_read_back(@ForAll String text) throws Exception {
        boolean whole =
                text.equals(
                        new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
        if (whole) {
            assertThat(JsonText.read(JsonText.write(Map.of("k", text))))
                    .isEqualTo(Map.of("k", text));
        }
    }
}
