package io.kepm.elevation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.elevation.LaunchAnswer;
import io.kepm.api.elevation.RequestState;
import io.kepm.api.elevation.Requests.Act;
import io.kepm.api.storage.StorageException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of a request and its approval. */
class ApprovalTest extends ApprovalScene {

    @Test
    void who_waits_at_the_terminal_runs_once_it_is_approved() {
        world.person.onceTold = () -> done(act(Act.APPROVE, BOB, bob));
        assertThat(sudo("id")).isInstanceOf(LaunchAnswer.Run.class);
        assertThat(world.person.told.get(0)).contains("waits for an approval by 1 of %helpdesk");
        assertThat(world.log.types())
                .containsExactly(
                        "POLICY_EVALUATION",
                        "REQUEST_CREATED",
                        "JUSTIFICATION_RECORDED",
                        "MFA_SUCCEEDED",
                        "REQUEST_STATUS_CHANGED",
                        "GRANT_CREATED",
                        "ELEVATION_STARTED",
                        "GRANT_USED",
                        "REQUEST_STATUS_CHANGED");
        assertThat(grants.list().get(0).why()).contains("approved: bob");
        assertThat(only().state()).isEqualTo(RequestState.USED);
    }

    @Test
    void who_does_not_wait_keeps_the_request_and_uses_its_approval_later() {
        assertThat(refused(ask(false, "id"))).contains("waits for it").contains("kepm requests");
        done(act(Act.APPROVE, BOB, bob));
        assertThat(ask(false, "id")).isInstanceOf(LaunchAnswer.Run.class);
        // One use: the next one asks anew.
        assertThat(refused(ask(false, "id"))).contains("waits for it");
        assertThat(world.book().list(request -> true)).hasSize(2);
    }

    @Test
    void an_approval_waits_no_longer_to_be_used_than_any_right_lasts_here() {
        world.engine.answers.clear();
        world.engine.answers.add(pending(1, 1, 366 * 1440));
        world.longest = Duration.ofMinutes(90);
        ask(false, "id");
        done(act(Act.APPROVE, BOB, bob));
        assertThat(only().until()).isEqualTo(world.book().now().plus(world.longest));
        world.pass(world.longest.plusSeconds(1));
        assertThat(refused(ask(false, "id"))).contains("waits for it");
    }

    @Test
    void asking_again_while_it_waits_makes_no_second_request() {
        ask(false, "id");
        ask(false, "id");
        assertThat(world.book().list(request -> true)).hasSize(1);
    }

    @Test
    void a_denied_request_is_refused_with_the_name_and_an_approver_needs_no_comment() {
        world.person.onceTold = () -> done(act(Act.DENY, BOB, bob));
        assertThat(refused(sudo("id"))).contains("is denied by bob");
    }

    @Test
    void who_is_gone_stops_waiting_and_the_request_stays() {
        world.person.onceTold = () -> world.person.there = false;
        assertThat(refused(sudo("id"))).contains("waits for it");
        assertThat(only().state()).isEqualTo(RequestState.PENDING);
    }

    @Test
    void an_approval_that_comes_when_the_person_is_gone_is_kept_for_another_time() {
        world.person.onceTold =
                () -> {
                    done(act(Act.APPROVE, BOB, bob));
                    world.person.there = false;
                };
        world.person.looksBeforeGone = 1;
        assertThat(refused(sudo("id"))).contains("approved");
        assertThat(only().state()).isEqualTo(RequestState.APPROVED);
        assertThat(grants.list()).isEmpty();
    }

    @Test
    void ab_94_an_approval_serves_that_command_only() {
        ask(false, "id");
        done(act(Act.APPROVE, BOB, bob));
        for (String[] other : new String[][] {{"id", "-u"}, {"env"}, {"id", ""}}) {
            assertThat(refused(ask(false, other))).contains("waits for it");
        }
        world.engine.answers.clear();
        world.engine.answers.add(pending(2, 1));
        assertThat(refused(ask(false, "id"))).as("asked for more now").contains("waits for it");
    }

    @Test
    void two_decisions_at_once_make_one() throws Exception {
        ask(false, "id");
        StoredRequest seen = world.book().list(r -> true).get(0);
        done(act(Act.DENY, BOB, bob));
        StoredRequest late = seen.moved(RequestState.APPROVED, world.now, 1, "");
        assertThat(
                        org.assertj.core.api.Assertions.catchThrowable(
                                () -> world.book().move(seen, late, List.of(), List.of())))
                .isInstanceOf(RequestBook.Overtaken.class);
        assertThat(why(act(Act.APPROVE, CAROL, carol))).contains("too late").contains("denied");
    }

    @Test
    void a_user_has_so_many_open_requests_and_no_more() {
        for (int i = 0; i < RequestBook.MOST_OPEN; i++) {
            ask(false, "id", "-" + i);
        }
        assertThat(refused(ask(false, "id", "-z"))).contains("withdraw some");
    }

    @Test
    void ab_106_without_a_record_nothing_is_approved_or_used() {
        ask(false, "id");
        String id = only().id();
        world.log.broken = true;
        assertThat(
                        org.assertj.core.api.Assertions.catchThrowable(
                                () -> desk.act(id, Act.APPROVE, ROOT, "", "")))
                .isInstanceOf(StorageException.class);
        world.log.broken = false;
        assertThat(only().state()).isEqualTo(RequestState.PENDING);
    }

    @Test
    void requests_survive_a_restart() throws Exception {
        ask(false, "id");
        done(act(Act.APPROVE, BOB, bob));
        RequestBook again = new RequestBook(world.log, world.log, () -> world.now);
        assertThat(again.list(r -> true)).isEqualTo(world.book().list(r -> true)).hasSize(1);
    }
}
