package io.kepm.api.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SentencesTest {

    private final Sentences english = Sentences.beside(SentencesTest.class, "");

    @Test
    void values_come_to_their_places_and_are_not_looked_at() {
        assertThat(english.say("greeting", "{1}", "$0 \\")).isEqualTo("hello {1}, you are $0 \\");
        assertThat(english.say("plain", 1)).isEqualTo("1 of {9} stays, and so does {x}");
        assertThat(english.say("two")).isEqualTo("first\nsecond: ");
    }

    @Test
    void one_and_many_are_two_sentences() {
        assertThat(english.count("tries", 1, 5)).isEqualTo("1 try is left of 5");
        assertThat(english.count("tries", 0, 5)).isEqualTo("0 tries are left of 5");
    }

    @Test
    void what_another_language_lacks_is_said_in_english() {
        Sentences other = Sentences.beside(SentencesTest.class, "xx");
        assertThat(other.say("greeting", "a", "b")).isEqualTo("b: grüezi, a");
        assertThat(other.say("two")).isEqualTo(english.say("two"));
        for (String language : new String[] {"yy", "../xx", "XX", "", "english"}) {
            assertThat(Sentences.beside(SentencesTest.class, language).say("greeting", "a", "b"))
                    .isEqualTo("hello a, you are b");
        }
    }

    @Test
    void a_key_or_a_file_that_is_missing_is_a_fault_of_ours() {
        assertThatThrownBy(() -> english.say("no.such")).hasMessageContaining("no.such");
        assertThatThrownBy(() -> Sentences.beside(String.class, ""))
                .hasMessageContaining("java.lang.String");
    }
}
