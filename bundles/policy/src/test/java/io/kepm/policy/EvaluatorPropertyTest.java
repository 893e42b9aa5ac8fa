package io.kepm.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kepm.api.policy.Control;
import io.kepm.api.policy.Decision;
import io.kepm.api.policy.Evaluation;
import io.kepm.api.policy.Reason;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;

/** What holds for all sets of policies and all requests, tried on small worlds by chance. */
class EvaluatorPropertyTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** As many tries as the build says: 5,000, and 100,000 in the profile {@code long}. */
    @Property
    void the_indexed_evaluator_answers_like_the_reference(@ForAll("worlds") World world) {
        Optional<String> difference = difference(world);
        if (difference.isPresent()) {
            World small = smallest(world);
            assertThat(difference(small)).as("%s", small).isEmpty();
        }
        count(world);
    }

    private static Optional<String> difference(World world) {
        ReferenceEvaluator.Answer fast = answer(ask(world));
        ReferenceEvaluator.Answer slow = reference(world);
        return fast.equals(slow)
                ? Optional.empty()
                : Optional.of("answered " + fast + ", but the reference says " + slow);
    }

    private static ReferenceEvaluator.Answer reference(World world) {
        Map<String, JsonNode> collections = new HashMap<>();
        json(RandomPolicies.COLLECTIONS).forEach(c -> collections.put(c.path("id").asText(), c));
        List<JsonNode> policies =
                world.policies().stream().map(EvaluatorPropertyTest::json).toList();
        Evaluator evaluator = evaluator(world);
        return new ReferenceEvaluator(policies, collections, world.settings())
                .evaluate(
                        world.ask().request(),
                        world.at(),
                        TestSet.GUARDS.raised(evaluator.facts(world.ask().request(), world.at())));
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    /** Without the policies that the difference does not hang on. */
    private static World smallest(World world) {
        for (String policy : world.policies()) {
            List<String> others = new ArrayList<>(world.policies());
            others.remove(policy);
            if (difference(world.with(others)).isPresent()) {
                return smallest(world.with(others));
            }
        }
        return world;
    }

    /** Every shape of a policy has to decide something, and every family to have each outcome. */
    private static void count(World world) {
        Decision decision = ask(world).decision();
        Set<String> deciding = new TreeSet<>(answer(ask(world)).deciding());
        deciding.addAll(answer(ask(world)).wouldHave().keySet());
        for (int i = 0; i < world.policies().size(); i++) {
            String policy = world.policies().get(i);
            if (deciding.contains("p" + i)) {
                RandomPolicies.SHAPES.stream()
                        .filter(policy::contains)
                        .forEach(shape -> Statistics.label("shapes").collect(shape));
            }
        }
        Statistics.label("outcomes").collect(world.family() + " " + decision.outcome());
        Statistics.label("shapes")
                .coverage(
                        seen ->
                                RandomPolicies.SHAPES.forEach(
                                        shape -> seen.check(shape).count(count -> count > 0)));
        Statistics.label("outcomes")
                .coverage(
                        seen -> {
                            for (String outcome : List.of("ALLOW", "PENDING", "DENY")) {
                                for (String family :
                                        List.of("elevation", "file", "http", "agentic")) {
                                    seen.check(family + " " + outcome).count(count -> count > 0);
                                }
                            }
                        });
    }

    @Property(tries = 500)
    void ab_81_the_order_of_policies_never_changes_an_answer(
            @ForAll("worlds") World world, @ForAll long seed) {
        List<String> shuffled = new ArrayList<>(world.policies());
        Collections.shuffle(shuffled, new Random(seed));
        assertThat(ask(world.with(shuffled))).isEqualTo(ask(world));
    }

    @Property(tries = 1500)
    void ab_81_a_further_policy_with_a_denial_or_a_control_never_loosens_what_a_policy_gave(
            @ForAll("worlds") World world, @ForAll long seed) {
        Decision before = ask(world).decision();
        Decision after = ask(tightened(world, seed)).decision();
        // What no policy names by its own name, or whose signer nobody knows, is refused like
        // something that none covers.
        Reason first = before.reasons().get(0);
        if (first.policy().isPresent() && !first.says().startsWith("covers ")) {
            assertThat(strictness(after)).isGreaterThanOrEqualTo(strictness(before));
            if (before instanceof Decision.Pending asked && after instanceof Decision.Pending now) {
                assertThat(now.controls()).containsAll(asked.controls());
                assertThat(now.conditions().validFor())
                        .isLessThanOrEqualTo(asked.conditions().validFor());
                assertThat(asked.conditions().keepEnv()).containsAll(now.conditions().keepEnv());
            }
        }
    }

    @Property(tries = 1000)
    void ab_87_a_policy_that_only_watches_never_changes_an_outcome(
            @ForAll("worlds") World world, @ForAll long seed) {
        World more = tightened(world, seed);
        List<String> watched = new ArrayList<>(more.policies());
        watched.replaceAll(
                policy ->
                        policy.contains("'zz'")
                                ? policy.replace("'Status':'enforce'", "'Status':'monitor'")
                                : policy);
        assertThat(ask(world.with(watched)).decision()).isEqualTo(ask(world).decision());
    }

    private static World tightened(World world, long seed) {
        List<String> more = new ArrayList<>(world.policies());
        more.add(new RandomPolicies(new Random(seed)).tightening(world.family()));
        return world.with(more);
    }

    @Property(tries = 2000)
    void ab_85_a_value_is_never_read_as_a_pattern(
            @ForAll("values") String home,
            @ForAll("values") String name,
            @ForAll("paths") String path) {
        TestSet set =
                TestSet.of(
                        TestSet.allow("h", "'ApplicationCheck':['{home}/bin/*']"),
                        TestSet.allow("u", "'ApplicationCheck':['/var/{username}/x']"));
        Ask ask = Ask.command(path).by(name).home(java.util.Optional.of(home));
        // A slash at its end means nothing, and the root folder is a home like any other.
        String plain = home.endsWith("/") ? home.substring(0, home.length() - 1) : home;
        String below = plain + "/bin/";
        boolean inHome =
                (home.equals("/") || PathText.isCanonical(plain))
                        && path.startsWith(below)
                        && path.indexOf('/', below.length()) < 0;
        boolean ofUser = path.equals("/var/" + name + "/x") && name.indexOf('/') < 0;
        if (set.outcome(ask).equals("ALLOW")) {
            assertThat(inHome || ofUser).as("%s, home %s, path %s", name, home, path).isTrue();
        }
    }

    @Provide
    Arbitrary<String> values() {
        return Arbitraries.of("/", "*", "**", "?", "a", "..", "{", "}", "home", "/home/", "{home}")
                .list()
                .ofMinSize(1)
                .ofMaxSize(4)
                .map(parts -> String.join("", parts));
    }

    @Provide
    Arbitrary<String> paths() {
        return Arbitraries.of("home", "a", "*", "**", "bin", "var", "x", "{home}", "aa")
                .list()
                .ofMinSize(1)
                .ofMaxSize(5)
                .map(parts -> "/" + String.join("/", parts));
    }

    private static int strictness(Decision decision) {
        return List.of("NOT_GOVERNED", "ALLOW", "PENDING", "DENY").indexOf(decision.outcome());
    }

    private static Evaluation ask(World world) {
        return evaluator(world).evaluate(world.ask().request(), world.at());
    }

    private static Evaluator evaluator(World world) {
        return new Evaluator(
                world.set(), new Evaluation.Revision(1, ""), world.settings(), TestSet.GUARDS);
    }

    private static ReferenceEvaluator.Answer answer(Evaluation evaluation) {
        Decision decision = evaluation.decision();
        List<Control> controls =
                decision instanceof Decision.Pending pending ? pending.controls() : List.of();
        Set<String> deciding = new TreeSet<>();
        decision.reasons().forEach(r -> r.policy().ifPresent(p -> deciding.add(p.id())));
        Map<String, String> wouldHave = new TreeMap<>();
        evaluation.wouldHave().forEach(w -> wouldHave.put(w.policy().id(), w.outcome()));
        return new ReferenceEvaluator.Answer(
                decision.outcome(),
                controls,
                decision.reasons().get(0).code(),
                deciding,
                wouldHave);
    }

    @Provide
    Arbitrary<World> worlds() {
        return Arbitraries.randomValue(World::of);
    }
}
