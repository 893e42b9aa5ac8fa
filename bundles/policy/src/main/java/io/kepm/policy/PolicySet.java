package io.kepm.policy;

import io.kepm.api.policy.EventType;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** A loaded set: its policies in order of their ids, and an index for each type of request. */
final class PolicySet {

    static final PolicySet EMPTY = new PolicySet(List.of(), CanonicalContent.none());

    private final List<PolicyDocument> policies;
    private final String sha256;
    private final Map<EventType, PolicyIndex> indexes = new EnumMap<>(EventType.class);

    /** {@code sha256}: of the canonical content, lower-case hex. */
    PolicySet(List<PolicyDocument> documents, String sha256) {
        policies = documents.stream().sorted(Comparator.comparing(PolicyDocument::id)).toList();
        this.sha256 = sha256;
        for (EventType type : EventType.values()) {
            indexes.put(
                    type,
                    new PolicyIndex(
                            policies.stream()
                                    .filter(p -> p.status() != PolicyStatus.OFF)
                                    .filter(p -> PolicyType.considered(type).contains(p.type()))
                                    .toList()));
        }
    }

    List<PolicyDocument> policies() {
        return policies;
    }

    String sha256() {
        return sha256;
    }

    /** The policies, not switched off, that a type of request is judged by, in order of ids. */
    List<PolicyDocument> considered(EventType type) {
        return index(type).policies();
    }

    /** The same, filed by who and what. */
    PolicyIndex index(EventType type) {
        PolicyIndex index = indexes.get(type);
        if (index == null) {
            throw new IllegalStateException("no index for " + type);
        }
        return index;
    }
}
