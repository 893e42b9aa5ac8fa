package io.kepm.mqtt;

import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The topic filters in a service property; what is none is left out. */
final class Filters {

    private Filters() {}

    static List<TopicFilter> of(@Nullable Object property) {
        Stream<?> texts = Stream.empty();
        if (property instanceof String text) {
            texts = Stream.of(text);
        } else if (property instanceof String[] several) {
            texts = Stream.of(several);
        } else if (property instanceof Collection<?> several) {
            texts = several.stream();
        }
        return texts.map(String::valueOf)
                .filter(text -> TopicFilter.fault(text).isEmpty())
                .map(TopicFilter::of)
                .toList();
    }
}
