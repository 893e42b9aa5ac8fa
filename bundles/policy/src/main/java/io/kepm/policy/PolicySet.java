package io.kepm.policy;

import io.kepm.api.policy.EventType;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** A loaded set: its policies in order of their ids, and an index for each type of request. */
final class PolicySet {

    static final PolicySet EMPTY = new PolicySet(List.of(), CanonicalContent.none());

    /** So many policies are worth a second thread. */
    private static final int MANY = 1000;

    private final List<PolicyDocument> policies;
    private final String sha256;
    private final PolicyDocument[] numbered;
    private final PackedPolicies packed;
    private final Map<EventType, PolicyIndex> indexes = new EnumMap<>(EventType.class);

    /** {@code sha256}: of the canonical content, lower-case hex. */
    PolicySet(List<PolicyDocument> documents, String sha256) {
        policies = documents.stream().sorted(Comparator.comparing(PolicyDocument::id)).toList();
        this.sha256 = sha256;
        numbered = policies.toArray(PolicyDocument[]::new);
        EventType[] types = EventType.values();
        PackedPolicies[] packing = new PackedPolicies[1];
        PolicyIndex[] built = new PolicyIndex[types.length];
        TwoThreads.each(
                1 + types.length,
                policies.size() > MANY,
                i -> {
                    if (i == 0) {
                        packing[0] = new PackedPolicies(policies);
                    } else {
                        EventType type = types[i - 1];
                        built[i - 1] =
                                new PolicyIndex(policies, policy -> isConsidered(policy, type));
                    }
                });
        packed = packing[0];
        for (int i = 0; i < types.length; i++) {
            indexes.put(types[i], built[i]);
        }
    }

    private static boolean isConsidered(PolicyDocument policy, EventType type) {
        return policy.status() != PolicyStatus.OFF
                && PolicyType.considered(type).contains(policy.type());
    }

    List<PolicyDocument> policies() {
        return policies;
    }

    String sha256() {
        return sha256;
    }

    /** The policies, not switched off, that a type of request is judged by, in order of ids. */
    List<PolicyDocument> considered(EventType type) {
        return policies.stream().filter(policy -> isConsidered(policy, type)).toList();
    }

    /** Finds those of them that apply, in the same order. */
    void match(Facts facts, List<Match> enforced, List<Match> watching) {
        boolean plain = PackedPolicies.judges(facts);
        for (int number : index(facts.type()).candidates(facts)) {
            PolicyDocument policy = numbered[number];
            // Asked first: what it says and how it is judged are then fetched at the same time.
            List<Match> found = policy.status() == PolicyStatus.ENFORCE ? enforced : watching;
            if (plain && packed.has(number)) {
                if (packed.matches(number, facts)) {
                    found.add(Match.plain(policy));
                }
            } else {
                Matcher.match(policy, facts).ifPresent(found::add);
            }
        }
    }

    private PolicyIndex index(EventType type) {
        PolicyIndex index = indexes.get(type);
        if (index == null) {
            throw new IllegalStateException("no index for " + type);
        }
        return index;
    }
}
