package io.kepm.api.trust;

import java.util.List;

/**
 * The topic filters a component declared (MQTT 3.1.1 §4.7).
 *
 * @param publish what it may publish to, and set as its Last Will
 * @param subscribe what it may subscribe to
 */
public record TopicRights(List<String> publish, List<String> subscribe) {

    public static final TopicRights NONE = new TopicRights(List.of(), List.of());

    public TopicRights {
        publish = List.copyOf(publish);
        subscribe = List.copyOf(subscribe);
    }
}
