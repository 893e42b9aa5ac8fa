package io.kepm.elevation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.elevation.LaunchAnswer;
import io.kepm.api.elevation.RequestState;
import io.kepm.api.elevation.Requests.Act;
import io.kepm.api.elevation.Requests.Outcome;
import io.kepm.api.elevation.Requests.Person;
import io.kepm.api.policy.Conditions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Requests that nobody decides in time. */
class EscalationTest extends ApprovalScene {

    @Test
    void time_escalates_then_expires_an_open_request_and_expires_an_approved_one()
            throws Exception {
        ask(false, "id");
        world.now = world.now.plus(Duration.ofMinutes(31));
        world.book().reconcile();
        assertThat(only().state()).isEqualTo(RequestState.ESCALATED);
        world.now = world.now.plus(Duration.ofMinutes(241));
        world.book().reconcile();
        assertThat(only().state()).isEqualTo(RequestState.EXPIRED);
        world.now = world.now.plus(Duration.ofDays(31));
        world.book().reconcile();
        assertThat(world.book().list(request -> true)).isEmpty();
        assertThat(world.log.types()).endsWith("REQUEST_REMOVED");

        ask(false, "id");
        done(act(Act.APPROVE, BOB, bob));
        world.now = world.now.plus(Duration.ofMinutes(1441));
        assertThat(refused(ask(false, "id"))).contains("waits for it");
    }

    @Test
    void whom_one_policy_escalates_to_decides_for_no_other_and_not_before() throws Exception {
        Person dave = person("dave", 1004);
        TestApp app = new TestApp(world);
        app.enrol("dave", 1004);
        Conditions.Approval one = block("P1", List.of("%helpdesk"), "dave");
        Conditions.Approval two = block("P2", List.of("dave"), "");
        world.engine.answers.clear();
        world.engine.answers.add(pending(List.of(one, two)));
        ask(false, "id");
        done(act(Act.APPROVE, dave, app));
        // His is the word of P2, and not yet of P1.
        assertThat(only().state()).isEqualTo(RequestState.PENDING);
        done(act(Act.APPROVE, BOB, bob));
        assertThat(only().state()).isEqualTo(RequestState.APPROVED);
    }

    @Test
    void once_it_is_escalated_the_other_one_may_decide_as_well() throws Exception {
        Person dave = person("dave", 1004);
        TestApp app = new TestApp(world);
        app.enrol("dave", 1004);
        world.engine.answers.clear();
        world.engine.answers.add(pending(List.of(block("P1", List.of("%helpdesk"), "dave"))));
        ask(false, "id");
        assertThat(act(Act.APPROVE, dave, app)).isInstanceOf(Outcome.Unknown.class);
        world.pass(Duration.ofMinutes(31));
        world.book().reconcile();
        assertThat(only().state()).isEqualTo(RequestState.ESCALATED);
        done(act(Act.APPROVE, dave, app));
        assertThat(only().state()).isEqualTo(RequestState.APPROVED);
    }

    @Test
    void who_approved_for_one_policy_approves_for_the_other_once_it_is_escalated_to_him()
            throws Exception {
        Person dave = person("dave", 1004);
        TestApp app = new TestApp(world);
        app.enrol("dave", 1004);
        Conditions.Approval one = block("P1", List.of("%helpdesk"), "dave");
        Conditions.Approval two = block("P2", List.of("dave", "erin"), "");
        world.engine.answers.clear();
        world.engine.answers.add(pending(List.of(one, two)));
        ask(false, "id");
        done(act(Act.APPROVE, dave, app));
        world.pass(Duration.ofMinutes(31));
        world.book().reconcile();
        // What he said for P2 alone is not taken for his word on P1.
        Person erin = person("erin", 1005);
        TestApp other = new TestApp(world);
        other.enrol("erin", 1005);
        done(act(Act.APPROVE, erin, other));
        assertThat(only().state()).isEqualTo(RequestState.ESCALATED);
        done(act(Act.APPROVE, dave, app));
        assertThat(only().state()).isEqualTo(RequestState.APPROVED);
        assertThat(only().approvedBy()).containsExactly("dave", "erin");
    }

    @Test
    void who_said_all_he_can_does_not_approve_twice_when_it_is_escalated() throws Exception {
        world.engine.answers.clear();
        world.engine.answers.add(pending(2, 1));
        ask(false, "id");
        done(act(Act.APPROVE, BOB, bob));
        world.pass(Duration.ofMinutes(31));
        world.book().reconcile();
        assertThat(why(act(Act.APPROVE, BOB, bob))).contains("already");
        assertThat(only().approvedBy()).containsExactly("bob");
    }

    @Test
    void a_request_that_expires_while_somebody_waits_was_not_refused_but_not_decided_in_time() {
        world.person.onceTold =
                () -> {
                    later(Duration.ofMinutes(31));
                    later(Duration.ofMinutes(241));
                };
        assertThat(sudo("id"))
                .isInstanceOfSatisfying(
                        LaunchAnswer.Refuse.class,
                        refuse -> assertThat(refuse.code()).isEqualTo(Launch.EXPIRED));
        assertThat(only().state()).isEqualTo(RequestState.EXPIRED);
    }
}
