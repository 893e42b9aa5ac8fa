package io.kepm.elevation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.elevation.LaunchAnswer;
import io.kepm.api.linux.Passwords;
import io.kepm.api.policy.Control;
import io.kepm.api.policy.Decision;
import io.kepm.api.policy.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ControlsTest {

    private final FakeWorld world = new FakeWorld();
    private final TestApp app = new TestApp(world);
    private Grants grants;

    @BeforeEach
    void grants() throws Exception {
        grants = world.grants();
    }

    private LaunchAnswer sudo(boolean canPrompt, Control... controls) {
        world.engine.answers.clear();
        world.engine.answers.add(
                new Decision.Pending(
                        List.of(controls),
                        FakeWorld.conditions("root", List.of("id"), Duration.ofMinutes(60)),
                        List.of(Reason.of(Reason.POLICY, "asks first"))));
        return world.launch(grants)
                .decide(world.sudo(Optional.empty(), canPrompt, "id"), world.person);
    }

    private static String refused(LaunchAnswer answer) {
        return ((LaunchAnswer.Refuse) answer).message();
    }

    @Test
    void where_pam_proves_it_the_password_of_the_account_does_and_counts_and_locks_like_codes() {
        world.proof = Proof.password(world.factors);
        world.pam = word -> word.equals("pw") ? Passwords.Verdict.RIGHT : Passwords.Verdict.WRONG;
        world.person.answers.addAll(List.of("no", "pw"));
        assertThat(sudo(true, Control.MFA)).isInstanceOf(LaunchAnswer.Run.class);
        assertThat(world.log.types()).contains("MFA_FAILED", "MFA_SUCCEEDED");
        world.nanos += FactorSessions.LASTS.toNanos();
        for (int i = 0; i < 3; i++) {
            world.person.answers.addAll(List.of("a", "b", "c"));
            refused(sudo(true, Control.MFA));
        }
        world.person.answers.clear();
        world.person.answers.add("pw");
        assertThat(refused(sudo(true, Control.MFA))).contains("locked");
    }

    @Test
    void without_a_factor_a_policy_that_asks_for_one_refuses_and_says_how_to_enrol() {
        assertThat(refused(sudo(true, Control.MFA))).contains("kepm mfa enroll");
        assertThat(grants.list()).isEmpty();
    }

    @Test
    void the_right_code_runs_and_counts_for_five_minutes_in_that_session() throws Exception {
        app.enrol("alice", 1001);
        world.person.answers.add(app.code());
        assertThat(sudo(true, Control.MFA)).isInstanceOf(LaunchAnswer.Run.class);
        assertThat(sudo(true, Control.MFA))
                .as("not asked again")
                .isInstanceOf(LaunchAnswer.Run.class);
        world.nanos += FactorSessions.LASTS.toNanos();
        assertThat(refused(sudo(true, Control.MFA))).contains("was not given");
    }

    @Test
    void a_factor_session_is_of_one_user_one_terminal_and_the_same_policies() {
        world.sessions.given(1001, "/dev/pts/0", List.of("P1 v1"));
        assertThat(world.sessions.holds(1001, "/dev/pts/0", List.of("P1 v1"))).isTrue();
        assertThat(world.sessions.holds(1002, "/dev/pts/0", List.of("P1 v1"))).isFalse();
        assertThat(world.sessions.holds(1001, "/dev/pts/1", List.of("P1 v1"))).isFalse();
        assertThat(world.sessions.holds(1001, "/dev/pts/0", List.of("P1 v2"))).isFalse();
        world.sessions.given(1001, "", List.of("P1 v1"));
        assertThat(world.sessions.holds(1001, "", List.of("P1 v1"))).isFalse();
    }

    @Test
    void ab_51_three_wrong_codes_refuse_and_the_fifth_locks() throws Exception {
        app.enrol("alice", 1001);
        world.person.answers.addAll(List.of("1", "2", "3"));
        assertThat(refused(sudo(true, Control.MFA))).contains("was not given");
        assertThat(world.person.told).contains("wrong code; 4 tries are left");
        world.person.answers.addAll(List.of("4", "5", app.code()));
        assertThat(refused(sudo(true, Control.MFA))).contains("locked for");
        assertThat(grants.list()).isEmpty();
    }

    @Test
    void without_a_terminal_no_factor_can_be_given() throws Exception {
        app.enrol("alice", 1001);
        assertThat(refused(sudo(false, Control.MFA))).contains("no terminal");
    }

    @Test
    void who_watches_hears_once_that_a_decision_waits_and_cannot_break_it() throws Exception {
        java.util.ArrayList<io.kepm.api.elevation.PendingWatch.Waiting> heard =
                new java.util.ArrayList<>();
        world.watches.add(
                waiting -> {
                    throw new IllegalStateException("a faulty watch");
                });
        world.watches.add(heard::add);
        world.person.answers.add("the printer is stuck");
        assertThat(sudo(true, Control.JUSTIFY)).isInstanceOf(LaunchAnswer.Run.class);
        assertThat(heard).hasSize(1);
        assertThat(heard.get(0).user()).isEqualTo("alice");
        assertThat(heard.get(0).controls()).containsExactly("JUSTIFY");
        LaunchAnswer waits = sudo(false, Control.APPROVAL);
        assertThat(heard).hasSize(2);
        assertThat(heard.get(1).requestId()).isEqualTo(waits.requestId());
        assertThat(world.book().find(waits.requestId())).isPresent();
    }

    @Test
    void that_somebody_is_to_confirm_it_is_on_record_before_he_does() {
        world.person.whileTyping =
                () ->
                        assertThat(world.log.drafts)
                                .last()
                                .matches(draft -> draft.outcome().equals("PROMPTED"))
                                .matches(draft -> "confirm".equals(draft.details().get("prompt")));
        world.person.answers.add("y");
        assertThat(sudo(true, Control.OPERATORAPPROVAL)).isInstanceOf(LaunchAnswer.Run.class);
        assertThat(world.person.questions).hasSize(1);
    }

    @Test
    void factor_then_reason_then_confirmation_in_that_order() throws Exception {
        app.enrol("alice", 1001);
        world.person.answers.addAll(List.of(app.code(), "the printer is stuck", "yes"));
        LaunchAnswer answer = sudo(true, Control.MFA, Control.JUSTIFY, Control.OPERATORAPPROVAL);
        assertThat(answer).isInstanceOf(LaunchAnswer.Run.class);
        assertThat(world.log.types())
                .containsSubsequence(
                        "POLICY_EVALUATION",
                        "MFA_SUCCEEDED",
                        "USER_INTERACTION",
                        "JUSTIFICATION_RECORDED",
                        "GRANT_CREATED");
    }

    @Test
    void whatever_is_no_clear_yes_is_a_no() {
        for (String answer : List.of("", "n", "yess", "j", "y\u202e")) {
            world.person.answers.add(answer);
            assertThat(refused(sudo(true, Control.OPERATORAPPROVAL))).contains("you did not");
        }
        assertThat(refused(sudo(false, Control.OPERATORAPPROVAL))).contains("you did not");
    }
}
