package io.kepm.cli.sudoers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;

class WildcardWordTest {

    @Property(tries = 5000)
    void ab_04_a_slot_matches_no_more_than_the_word_and_no_dots(
            @ForAll @Chars({'a', '*', '?', '/', '.', '-'}) @StringLength(min = 1, max = 6)
                    String word,
            @ForAll
                    @Chars({'a', '/', '.', '-', ' '})
                    @CharRange(from = 'a', to = 'b')
                    @StringLength(max = 7)
                    String argument) {
        List<Glob.Part> parts = Glob.parse(word).orElseThrow();
        Optional<String> regex = WildcardWord.regex(parts);
        if (Glob.literal(parts).isPresent() || regex.isEmpty() || !argument.matches(regex.get())) {
            return;
        }
        assertThat(fits(word, argument)).as(word + " " + argument).isTrue();
        assertThat(argument.indexOf(' ')).isNegative();
        assertThat(List.of(argument.split("/", -1)).contains(".."))
                .isEqualTo(List.of(word.split("/", -1)).contains(".."));
        assertThat(argument.startsWith("-")).isEqualTo(word.startsWith("-"));
    }

    /** The way of the shell, without flags: a star covers everything. */
    private static boolean fits(String word, String text) {
        if (word.isEmpty()) {
            return text.isEmpty();
        }
        char c = word.charAt(0);
        if (c == '*') {
            return fits(word.substring(1), text)
                    || (!text.isEmpty() && fits(word, text.substring(1)));
        }
        return !text.isEmpty()
                && (c == '?' || c == text.charAt(0))
                && fits(word.substring(1), text.substring(1));
    }
}
