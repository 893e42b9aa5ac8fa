package io.kepm.mqtt;

import io.kepm.api.trust.TopicRights;
import java.util.List;
import java.util.Optional;

/**
 * The topics a component declared, without those that are never granted: {@code $…}, filters of
 * nothing but wildcards, what is the core's alone, and answers to others. Its own answers are
 * granted undeclared. A declared filter that is none grants nothing.
 */
final class DeclaredRights implements Rights {

    private static final List<Topic> HEARD_BY_THE_CORE =
            List.of(Topic.of(Topic.POLICY), Topic.of(Topic.LOGGER));

    private final String clientId;
    private final List<TopicFilter> publish;
    private final List<TopicFilter> subscribe;

    DeclaredRights(String clientId, TopicRights declared) {
        this.clientId = clientId;
        publish = filters(declared.publish());
        subscribe = filters(declared.subscribe());
    }

    private static List<TopicFilter> filters(List<String> texts) {
        return texts.stream()
                .filter(text -> TopicFilter.fault(text).isEmpty())
                .map(TopicFilter::of)
                .toList();
    }

    @Override
    public Optional<String> publish(Topic topic) {
        if (topic.isOfTheBroker()) {
            return Optional.of("topics that begin with `$` are never granted");
        }
        if (topic.first().equals(Topic.AUDIT) || topic.isPrivate()) {
            return Optional.of("only the agent itself publishes there");
        }
        return publish.stream().anyMatch(filter -> filter.matches(topic))
                ? Optional.empty()
                : Optional.of("not among the declared topics");
    }

    @Override
    public Optional<String> subscribe(TopicFilter filter) {
        String first = filter.levels().get(0);
        if (first.startsWith("$")) {
            return Optional.of("topics that begin with `$` are never granted");
        }
        if (filter.isOnlyWildcards()) {
            return Optional.of("a filter of nothing but wildcards is never granted");
        }
        if (Topic.isClient(first)) {
            return first.equals(clientId)
                            && filter.levels().size() > 2
                            && filter.levels().get(1).equals(Topic.RESPONSES)
                    ? Optional.empty()
                    : Optional.of("answers are for the one who asked");
        }
        if (HEARD_BY_THE_CORE.stream().anyMatch(filter::matches)) {
            return Optional.of("only the agent itself hears that");
        }
        return subscribe.stream().anyMatch(declared -> declared.covers(filter))
                ? Optional.empty()
                : Optional.of("not among the declared topics");
    }
}
