package io.kepm.api.json;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JsonFaultTest {

    private static final String SOURCE =
            "[Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled);"
                    + " line: 2, column: 7]";

    @Test
    void what_ends_too_early_is_told_with_where_it_begins() {
        assertThat(
                        JsonFault.text(
                                9,
                                1,
                                "Unexpected end-of-input: expected close marker for Object (start"
                                        + " marker at "
                                        + SOURCE
                                        + ")"))
                .isEqualTo(
                        "line 9, column 1: it ends too early: what begins at line 2, column 7 has"
                                + " no end");
        assertThat(JsonFault.words("Unexpected end-of-input within/between Array entries"))
                .isEqualTo("it ends too early");
    }

    @Test
    void notes_of_the_parser_and_further_lines_are_left_out() {
        assertThat(JsonFault.words("Duplicate field 'a'\n at " + SOURCE))
                .isEqualTo("Duplicate field 'a'");
        assertThat(JsonFault.words("unexpected array (start at " + SOURCE + "), and more"))
                .isEqualTo("unexpected array (start at line 2, column 7), and more");
        assertThat(JsonFault.words("cut [Source: UNKNOWN; byte offset: #UNKNOWN]"))
                .isEqualTo("cut there");
    }

    @Test
    void a_word_without_quotation_marks_is_not_repeated() {
        assertThat(JsonFault.text(0, 0, "Unrecognized token 'hunter2': was expecting ('true')"))
                .isEqualTo("neither a value nor a quoted text");
    }
}
