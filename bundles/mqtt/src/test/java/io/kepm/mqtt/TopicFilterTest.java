package io.kepm.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class TopicFilterTest {

    private static boolean matches(String filter, String topic) {
        return TopicFilter.of(filter).matches(Topic.of(topic));
    }

    private static boolean covers(String wide, String narrow) {
        return TopicFilter.of(wide).covers(TopicFilter.of(narrow));
    }

    @Test
    void a_filter_matches_as_the_standard_says() {
        assertThat(matches("a/b", "a/b")).isTrue();
        assertThat(matches("a/+", "a/b")).isTrue();
        assertThat(matches("a/+", "a/b/c")).isFalse();
        assertThat(matches("a/+", "a")).isFalse();
        assertThat(matches("a/+", "a/")).isTrue();
        assertThat(matches("a/#", "a")).isTrue();
        assertThat(matches("a/#", "a/b/c")).isTrue();
        assertThat(matches("+/b", "/b")).isTrue();
        assertThat(matches("+", "/b")).isFalse();
        assertThat(matches("#", "$SYS/x")).isFalse();
        assertThat(matches("+/x", "$SYS/x")).isFalse();
        assertThat(matches("A/b", "a/b")).isFalse();
    }

    @Test
    void a_filter_covers_another_only_when_it_matches_all_of_it() {
        assertThat(covers("a/#", "a/+/c")).isTrue();
        assertThat(covers("a/#", "a")).isTrue();
        assertThat(covers("a/#", "a/#")).isTrue();
        assertThat(covers("a/+", "a/b")).isTrue();
        assertThat(covers("a/+", "a/+")).isTrue();
        assertThat(covers("a/+", "a/#")).isFalse();
        assertThat(covers("a/b", "a/+")).isFalse();
        assertThat(covers("a/+/c", "a/b/#")).isFalse();
        assertThat(covers("a", "a/#")).isFalse();
        assertThat(covers("a/+", "a")).isFalse();
    }

    @Test
    void what_is_no_filter_or_topic_is_said_so() {
        for (String bad :
                List.of(
                        "",
                        "a/#/b",
                        "a#",
                        "a/b+",
                        "a\u0000b",
                        "a\nb",
                        "a\ufffd",
                        "x/".repeat(16) + "x",
                        "é".repeat(513))) {
            assertThat(TopicFilter.fault(bad)).as(bad).isPresent();
        }
        assertThat(TopicFilter.fault("x/".repeat(15) + "x")).isEmpty();
        assertThat(TopicFilter.fault("é".repeat(512))).isEmpty();
        assertThat(Topic.fault("a/+")).isPresent();
        assertThat(Topic.fault("a/#")).isPresent();
        assertThat(Topic.fault("a b/ü")).isEmpty();
    }

    @Property
    void what_is_covered_is_never_wider(
            @ForAll("filters") String wide,
            @ForAll("filters") String narrow,
            @ForAll("topics") String topic) {
        if (covers(wide, narrow) && matches(narrow, topic)) {
            assertThat(matches(wide, topic)).isTrue();
        }
    }

    @Provide
    Arbitrary<String> filters() {
        return Arbitraries.of("a", "b", "+", "")
                .list()
                .ofMinSize(1)
                .ofMaxSize(4)
                .flatMap(
                        levels ->
                                Arbitraries.of("", "/#").map(end -> String.join("/", levels) + end))
                .filter(text -> TopicFilter.fault(text).isEmpty());
    }

    @Provide
    Arbitrary<String> topics() {
        return Arbitraries.of("a", "b", "")
                .list()
                .ofMinSize(1)
                .ofMaxSize(5)
                .map(levels -> String.join("/", levels))
                .filter(text -> !text.isEmpty());
    }
}
