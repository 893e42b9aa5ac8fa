package io.kepm.policy;

import java.time.ZonedDateTime;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Policies, a request and a moment for tests: small, so that they meet often. Each is of one family
 * of requests; over many of them every matcher and every form of an extension of policy.md §1 to §6
 * comes up ({@link RandomPolicies#SHAPES}).
 *
 * @param family the types that the request and most of the policies are of
 * @param policies JSON with single quotes
 */
record World(
        String family, List<String> policies, Ask ask, ZonedDateTime at, EngineSettings settings) {

    World {
        policies = List.copyOf(policies);
    }

    static World of(Random random) {
        RandomPolicies policies = new RandomPolicies(random);
        RandomRequests requests = new RandomRequests(random);
        String family = policies.family();
        return new World(
                family,
                policies.some(family),
                requests.ask(family),
                requests.moment(),
                requests.settings());
    }

    World with(List<String> others) {
        return new World(family, others, ask, at, settings);
    }

    /** The collections first. */
    String[] texts() {
        return Stream.concat(Stream.of(RandomPolicies.COLLECTIONS), policies.stream())
                .toArray(String[]::new);
    }

    PolicySet set() {
        return TestSet.load(texts());
    }
}
