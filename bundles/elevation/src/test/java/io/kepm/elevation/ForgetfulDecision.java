package io.kepm.elevation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.elevation.LaunchAnswer;
import io.kepm.api.memory.FakeMemory;
import io.kepm.api.policy.Control;
import io.kepm.api.policy.Decision;
import io.kepm.api.policy.PolicyRef;
import io.kepm.api.policy.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongPredicate;

/**
 * A decision during which memory runs out: at a place for once, or, where the number is negative,
 * from then on. Tells whether it came that far.
 */
public final class ForgetfulDecision implements LongPredicate {

    private final String story;

    public ForgetfulDecision(String story) throws Exception {
        this.story = story;
        // What is set up once is set up before: a class that memory was too short for stays broken.
        decide(Long.MAX_VALUE, false);
    }

    @Override
    public boolean test(long place) {
        try {
            return decide(Math.abs(place), place < 0);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private boolean decide(long place, boolean stays) throws Exception {
        FakeWorld world = world();
        Turnstile turnstile = world.turnstile();
        Optional<LaunchAnswer> answer = Optional.empty();
        boolean ranOut = false;
        FakeMemory.runOutAt(place, stays);
        try {
            answer = Optional.of(turnstile.decide(world.sudo("id"), world.person));
        } catch (OutOfMemoryError e) {
            assertThat(e).hasMessage("of a test");
        } finally {
            ranOut = FakeMemory.isBack();
        }
        String where = story + ", place " + place;
        if (ranOut) {
            assertThat(answer.filter(a -> !(a instanceof LaunchAnswer.Refuse))).as(where).isEmpty();
        }
        boolean created = world.log.types().contains("GRANT_CREATED");
        boolean ownRight = story.equals("own right") && !world.log.types().isEmpty();
        assertThat(world.log.types().contains("ELEVATION_STARTED"))
                .as(where)
                .isEqualTo(created || ownRight);
        assertThat(world.log.grants).as(where).hasSize(created ? 1 : 0);
        assertThat(world.log.types().contains("POLICY_EVALUATION"))
                .as(where)
                .isEqualTo(!world.log.types().isEmpty());

        int before = world.log.grants.size();
        world.engine.answers.clear();
        world.engine.answers.add(allow());
        world.people.groups = List.of("alice", "kepm-users");
        LaunchAnswer next = turnstile.decide(world.sudo("id"), world.person);
        assertThat(next).as(where).isInstanceOf(LaunchAnswer.Run.class);
        assertThat(world.log.grants).as(where).hasSize(before + 1);
        return ranOut;
    }

    private FakeWorld world() {
        FakeWorld world = new FakeWorld();
        switch (story) {
            case "allow" -> world.engine.answers.add(allow());
            case "deny" -> world.engine.answers.add(new Decision.Deny(List.of(reason())));
            case "own right" -> {
                world.people.groups = List.of("alice", "sudo");
                world.engine.answers.add(
                        new Decision.NotGoverned(
                                List.of(Reason.of(Reason.NOT_GOVERNED, "not governed"))));
            }
            default -> {
                world.engine.answers.add(
                        new Decision.Pending(
                                List.of(Control.JUSTIFY),
                                FakeWorld.conditions("root", List.of("id"), Duration.ofHours(1)),
                                List.of(reason())));
                world.person.answers.add("to see who I am");
            }
        }
        return world;
    }

    private static Decision allow() {
        return new Decision.Allow(
                FakeWorld.conditions("root", List.of("id"), Duration.ofHours(1)),
                List.of(reason()));
    }

    private static Reason reason() {
        return new Reason(
                Reason.POLICY,
                "decided",
                Optional.of(new PolicyRef("p1", "one", 1)),
                List.of(),
                true);
    }
}
