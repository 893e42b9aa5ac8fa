package io.kepm.elevation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.elevation.LaunchAnswer;
import io.kepm.api.elevation.LaunchDecision.Ahead;
import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.elevation.RequestState;
import io.kepm.api.elevation.Requests.Act;
import io.kepm.api.elevation.Requests.Person;
import io.kepm.api.policy.Conditions;
import io.kepm.api.policy.Control;
import io.kepm.api.policy.Decision;
import io.kepm.api.policy.PolicyRef;
import io.kepm.api.policy.Reason;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AskAheadTest {

    private static final String REASON = "the printer is stuck";
    private static final Reason POLICY =
            new Reason(
                    Reason.POLICY,
                    "asks",
                    Optional.of(new PolicyRef("p", "P", 1)),
                    List.of(),
                    true);
    private static final Person ROOT = new Person("root", 0, OptionalLong.of(0), List.of("root"));

    @TempDir Path folder;
    private final FakeWorld world = new FakeWorld();
    private Grants grants;

    @BeforeEach
    void begin() throws Exception {
        grants = world.grants();
    }

    private static Decision pending(Control... controls) {
        return new Decision.Pending(List.of(controls), conditions(), List.of(POLICY));
    }

    private static Conditions conditions() {
        return FakeWorld.conditions("root", List.of(), Duration.ofMinutes(5));
    }

    private Ahead ahead(String reason) {
        LaunchRequest wanted =
                world.sudo("id")
                        .like()
                        .door(LaunchRequest.AHEAD)
                        .cwd("/somewhere")
                        .tty("")
                        .reason(reason)
                        .build();
        return world.ahead().ask(wanted, world.person);
    }

    private LaunchAnswer sudo() {
        return world.launch(grants)
                .decide(world.sudo(Optional.of(REASON), false, "id"), world.person);
    }

    @Test
    void an_approval_asked_for_ahead_serves_the_command_when_it_comes() throws Exception {
        world.engine.answers.add(pending(Control.JUSTIFY, Control.APPROVAL));
        Ahead.Kept kept = (Ahead.Kept) ahead(REASON);
        assertThat(kept.request().state()).isEqualTo(RequestState.PENDING);
        assertThat(grants.list()).isEmpty();
        world.desk(folder.resolve("persons.json"))
                .act(kept.request().id(), Act.APPROVE, ROOT, "", "");
        assertThat(((Ahead.Kept) ahead(REASON)).request().state()).isEqualTo(RequestState.APPROVED);
        // Asking did not use it up.
        assertThat(sudo()).isInstanceOf(LaunchAnswer.Run.class);
        assertThat(world.book().list(request -> true)).hasSize(1);
    }

    @Test
    void ab_101_asking_ahead_for_what_nobody_may_tells_nothing_of_the_program() {
        world.engine.answers.add(
                new Decision.Deny(List.of(Reason.of("guard:setuid-target", "it is set-uid"))));
        world.engine.answers.add(
                new Decision.Deny(List.of(Reason.of(Reason.UNMATCHED, "no policy allows it"))));
        Ahead.Refused refused = (Ahead.Refused) ahead(REASON);
        assertThat(refused.code()).isEqualTo(Reason.UNMATCHED);
        assertThat(refused.message()).doesNotContain("set-uid");
        assertThat(world.log.drafts)
                .anyMatch(draft -> "guard:setuid-target".equals(draft.details().get("codes")));
    }

    @Test
    void asking_twice_makes_one_request_and_grants_nothing() {
        world.engine.answers.add(pending(Control.APPROVAL));
        String first = ((Ahead.Kept) ahead(REASON)).request().id();
        assertThat(((Ahead.Kept) ahead(REASON)).request().id()).isEqualTo(first);
        assertThat(grants.list()).isEmpty();
        assertThat(world.log.types()).doesNotContain("GRANT_CREATED", "ELEVATION_STARTED");
    }

    @Test
    void what_nobody_has_to_approve_is_not_asked_for() {
        world.engine.answers.add(new Decision.Allow(conditions(), List.of(POLICY)));
        assertThat(ahead(REASON)).isEqualTo(new Ahead.NotNeeded());
        world.engine.answers.clear();
        world.engine.answers.add(pending(Control.JUSTIFY));
        assertThat(ahead(REASON)).isEqualTo(new Ahead.NotNeeded());
        assertThat(world.log.types()).containsExactly("POLICY_EVALUATION", "POLICY_EVALUATION");
    }

    @Test
    void what_policy_denies_or_does_not_know_can_not_be_asked_for_not_even_by_the_ungoverned() {
        world.people.groups.remove("kepm-users");
        world.engine.answers.add(new Decision.NotGoverned(List.of(POLICY)));
        assertThat(ahead(REASON)).isInstanceOf(Ahead.Refused.class);
        assertThat(world.log.types()).containsExactly("POLICY_EVALUATION", "ELEVATION_REFUSED");
        assertThat(world.book().list(request -> true)).isEmpty();
    }

    @Test
    void controls_come_before_the_approval_and_unmet_ones_leave_no_request() {
        world.engine.answers.add(pending(Control.MFA, Control.JUSTIFY, Control.APPROVAL));
        assertThat(((Ahead.Refused) ahead(REASON)).code()).isEqualTo("control:mfa");
        world.engine.answers.clear();
        world.engine.answers.add(pending(Control.JUSTIFY, Control.APPROVAL));
        assertThat(((Ahead.Refused) ahead("short")).code()).isEqualTo("control:justify");
        assertThat(world.book().list(request -> true)).isEmpty();
    }

    @Test
    void without_its_record_nothing_is_asked_for() {
        world.engine.answers.add(pending(Control.APPROVAL));
        world.log.broken = true;
        assertThat(((Ahead.Refused) ahead(REASON)).message()).contains("can't be written");
        assertThat(world.book().list(request -> true)).isEmpty();
    }
}
