package io.kepm.elevation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.elevation.LaunchAnswer;
import io.kepm.api.policy.Decision;
import io.kepm.api.policy.Reason;
import io.kepm.api.policy.SourceLimits;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TurnstileTest {

    private final FakeWorld world = new FakeWorld();

    private LaunchAnswer decide() throws Exception {
        return world.turnstile().decide(world.sudo("id"), world.person);
    }

    @Test
    void ab_138_a_limit_refuses_the_governed_and_leaves_others_their_own_right() throws Exception {
        world.sources.refusal =
                Optional.of(
                        new SourceLimits.Turn.Refused(
                                SourceLimits.CIRCUIT_OPEN, Duration.ofSeconds(250)));
        LaunchAnswer.Refuse refuse = (LaunchAnswer.Refuse) decide();
        assertThat(refuse.code()).isEqualTo("circuit_open");
        assertThat(refuse.message()).contains("works again in 5 min").contains("kepm list");
        // Counted by the limits, not one by one.
        assertThat(world.log.types()).isEmpty();
        world.people.groups = List.of("alice", "sudo");
        world.engine.answers.add(unmatched());
        assertThat(decide()).isInstanceOf(LaunchAnswer.OwnRight.class);
        assertThat(world.log.types()).containsExactly("ELEVATION_STARTED");
        world.people.hangs = true;
        assertThat(((LaunchAnswer.Refuse) decide()).code()).isEqualTo("circuit_open");
        assertThat(world.sources.judged).isEmpty();
    }

    @Test
    void ab_138_to_be_refused_often_is_no_way_round_a_policy() throws Exception {
        world.people.groups = List.of("alice", "sudo");
        world.sources.refusal =
                Optional.of(
                        new SourceLimits.Turn.Refused(
                                SourceLimits.CIRCUIT_OPEN, Duration.ofSeconds(250)));
        for (Decision binding :
                List.of(
                        new Decision.Deny(List.of(Reason.of(Reason.POLICY, "never"))),
                        ApprovalScene.pending(1, 1))) {
            world.engine.answers.clear();
            world.engine.answers.add(binding);
            assertThat(((LaunchAnswer.Refuse) decide()).code()).isEqualTo("circuit_open");
        }
        assertThat(world.log.types()).as("counted by the limits").isEmpty();
        world.engine.answers.clear();
        world.engine.answers.add(unmatched());
        assertThat(decide()).isInstanceOf(LaunchAnswer.OwnRight.class);
        world.unmatchedForOthers = false;
        assertThat(decide()).isInstanceOf(LaunchAnswer.Refuse.class);
    }

    private static Decision unmatched() {
        return new Decision.Deny(List.of(Reason.of(Reason.UNMATCHED, "no policy covers it")));
    }

    @Test
    void refusals_are_failures_of_their_source_and_faults_of_ours_are_not() throws Exception {
        world.engine.answers.add(unmatched());
        decide();
        world.people.groups = List.of("alice", "sudo");
        assertThat(decide()).isInstanceOf(LaunchAnswer.OwnRight.class);
        world.people.hangs = true;
        decide();
        assertThat(world.sources.judged).containsExactly("1001 failed", "1001 well");
    }
}
