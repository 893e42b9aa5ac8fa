package io.kepm.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What policies share that say nothing is what reading each of them would give. */
class UnstatedTest {

    @ParameterizedTest
    @EnumSource(PolicyType.class)
    void an_extension_without_members_is_what_reading_it_gives(PolicyType type) {
        ObjectNode nothing = JsonNodeFactory.instance.objectNode();
        Place place = new Place(new Faults(), "f.json", "P", "Extension");
        Extension read =
                ExtensionParser.parse(
                        Members.of(nothing, place).orElseThrow(), type, new Gatherings());

        if (place.faults().isEmpty()) {
            assertThat(ExtensionParser.unstated(nothing, type)).contains(read);
        } else {
            assertThat(ExtensionParser.unstated(nothing, type)).isEmpty();
        }
        assertThat(ExtensionParser.unstated(nothing.put("x", 1), type)).isEmpty();
        assertThat(ExtensionParser.unstated(JsonNodeFactory.instance.arrayNode(), type)).isEmpty();
    }

    @Test
    void plain_terms_bind_to_nothing() {
        assertThat(Terms.PLAIN.isPlain()).isTrue();
        assertThat(Terms.PLAIN.limit()).isFalse();
    }

    @ParameterizedTest
    @MethodSource
    void terms_that_bind_are_not_plain(Terms terms) {
        assertThat(terms.isPlain()).isFalse();
    }

    static Stream<Terms> terms_that_bind_are_not_plain() {
        OptionalInt none = OptionalInt.empty();
        return Stream.concat(
                Stream.of(
                        terms(OptionalInt.of(60), 10, List.of(), -1),
                        terms(none, 11, List.of(), -1),
                        terms(none, 10, List.of("TERM"), -1)),
                Stream.iterate(0, i -> i + 1).limit(6).map(i -> terms(none, 10, List.of(), i)));
    }

    private static Terms terms(OptionalInt minutes, int justify, List<String> kept, int flag) {
        return new Terms(
                minutes, justify, kept, flag == 0, flag == 1, flag == 2, flag == 3, flag == 4,
                flag == 5);
    }
}
