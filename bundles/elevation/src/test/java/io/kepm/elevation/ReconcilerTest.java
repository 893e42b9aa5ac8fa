package io.kepm.elevation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.elevation.LaunchAnswer;
import io.kepm.api.elevation.LaunchRequest;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What ends a grant besides its time and its owner: clocks that are set, the sleep of the machine,
 * a uid of somebody else, and an agent that is killed at each step.
 */
class ReconcilerTest extends LivingGrant {

    @Test
    void ab_90_a_clock_that_is_set_back_ends_time_limited_grants_and_no_others() throws Exception {
        String id = run(15);
        world.engine.answers.clear();
        world.engine.answers.add(allow(60, false));
        decide(world.sudo("ls"));
        world.now = world.now.minusSeconds(59);
        reconciler.tick();
        assertThat(world.log.types()).doesNotContain("GRANT_REVOKED");
        world.now = world.now.minusSeconds(3);
        reconciler.tick();
        assertThat(last("GRANT_REVOKED").reason()).isEqualTo("the clock was set back");
        assertThat(last("GRANT_REVOKED").details()).containsEntry("grant", id);
        assertThat(world.log.types()).filteredOn("GRANT_REVOKED"::equals).hasSize(1);
        assertThat(world.scopes.asked).last().isEqualTo("end 5s");
    }

    @Test
    void ab_90_a_clock_set_back_while_no_agent_ran_is_seen_at_the_start() throws Exception {
        run(15);
        world.uptime = world.uptime.plusMinutes(2);
        restart();
        reconciler.begin();
        assertThat(last("GRANT_REVOKED").reason()).isEqualTo("the clock was set back");
    }

    @Test
    void ab_90_a_clock_set_forward_and_back_prolongs_nothing() throws Exception {
        run(15);
        world.now = world.now.plus(Duration.ofMinutes(10));
        reconciler.tick();
        assertThat(world.scopes.asked).hasSize(1);
        world.now = world.now.minus(Duration.ofMinutes(10));
        reconciler.tick();
        assertThat(last("GRANT_REVOKED").reason()).isEqualTo("the clock was set back");
    }

    @Test
    void ab_90_a_clock_set_forward_ends_a_grant_early_rather_than_late() throws Exception {
        run(15);
        world.now = world.now.plus(Duration.ofDays(1));
        reconciler.tick();
        assertThat(last("GRANT_EXPIRED").outcome()).isEqualTo("EXPIRED");
    }

    @Test
    void ab_91_time_that_the_machine_sleeps_counts() throws Exception {
        run(15);
        // The wall's clock was not set after the sleep yet; the kernel knows how long it was.
        world.uptime = world.uptime.plus(Duration.ofHours(8));
        world.now = world.now.plus(Duration.ofHours(8)).minusSeconds(5);
        reconciler.tick();
        assertThat(last("GRANT_EXPIRED").outcome()).isEqualTo("EXPIRED");
        assertThat(world.scopes.asked).last().isEqualTo("end 5s");
    }

    @Test
    void ab_17_the_right_of_a_job_is_in_no_scope_and_counts_from_its_process() {
        world.engine.answers.add(allow(15, true));
        LaunchRequest job =
                world.sudo("id").like().door("job").tty("").pid(0).canPrompt(false).build();
        assertThat(decide(job)).isInstanceOf(LaunchAnswer.Run.class);
        assertThat(world.scopes.asked).isEmpty();
        assertThat(grants.list()).isEmpty();
    }

    @Test
    void ab_37_a_uid_that_is_somebody_elses_now_loses_the_grant() throws Exception {
        run(15);
        reconciler.sweep();
        assertThat(world.log.types()).doesNotContain("GRANT_REVOKED");
        world.people.uidOwner = "mallory";
        reconciler.sweep();
        assertThat(last("GRANT_REVOKED").reason()).isEqualTo("uid 1001 is `mallory` now");
        assertThat(world.scopes.asked).last().isEqualTo("end 5s");
    }

    @Test
    void ab_37_an_account_that_is_deleted_loses_the_grant_and_a_look_up_that_fails_does_not()
            throws Exception {
        run(15);
        world.people.hangs = true;
        reconciler.sweep();
        assertThat(world.log.types()).doesNotContain("GRANT_REVOKED");
        world.people.hangs = false;
        world.people.uidOwner = "";
        reconciler.sweep();
        assertThat(last("GRANT_REVOKED").reason()).contains("nobody's any more");
    }

    @Test
    void ab_92_killed_between_the_record_and_the_scope_the_next_start_undoes_the_grant()
            throws Exception {
        crashAt(() -> world.scopes.members.clear());
        assertThat(world.log.grants).hasSize(1);
        restart();
        reconciler.begin();
        assertThat(last("GRANT_REVOKED").reason()).contains("not in the scope");
        world.allAlive = false;
        settle();
        assertNothingIsLeft();
    }

    @Test
    void ab_92_killed_between_the_scope_and_the_answer_nothing_outlives_the_sudo()
            throws Exception {
        crashAt(() -> {});
        restart();
        reconciler.begin();
        // The sudo that lost its agent asks again, or ends.
        assertThat(grants.list()).hasSize(1);
        world.allAlive = false;
        world.scopes.members.clear();
        reconciler.sweep();
        assertNothingIsLeft();
    }

    @Test
    void ab_92_killed_after_the_answer_a_grant_that_runs_is_kept_and_ends_in_time()
            throws Exception {
        String id = run(15);
        restart();
        reconciler.begin();
        assertThat(grants.list()).hasSize(1);
        world.pass(Duration.ofMinutes(15));
        restart();
        reconciler.begin();
        assertThat(last("GRANT_EXPIRED").outcome()).isEqualTo("EXPIRED");
        assertThat(world.scopes.asked).last().isEqualTo("end 5s");
        world.scopes.members.remove(id);
        world.allAlive = false;
        settle();
        assertNothingIsLeft();
    }

    @Test
    void ab_92_killed_between_the_record_of_an_end_and_the_end_it_is_ended_at_the_next_start()
            throws Exception {
        String id = run(15);
        StoredGrant stored = grants.find(id).orElseThrow();
        grants.change(
                stored, stored.with(stored.life().ending(GrantLife.Ending.REVOKED)), List.of());
        restart();
        reconciler.begin();
        assertThat(world.scopes.asked).contains("end 0s");
        world.allAlive = false;
        settle();
        assertNothingIsLeft();
    }

    @Test
    void ab_92_a_scope_that_no_grant_holds_is_ended_before_the_doors_open() throws Exception {
        world.scopes.members.put("nobodys", Set.of(LEFT));
        reconciler.begin();
        assertThat(world.scopes.asked).containsExactly("end 0s");
        assertThat(world.scopes.members).isEmpty();
    }

    @Test
    void a_scope_whose_sudo_is_just_about_to_go_is_left_alone_for_a_minute() throws Exception {
        reconciler.begin();
        world.scopes.members.put("closing", Set.of(SUDO));
        reconciler.sweep();
        assertThat(world.scopes.asked).isEmpty();
        reconciler.sweep();
        assertThat(world.scopes.asked).containsExactly("end 0s");
    }

    /** The agent dies right after the sudo was put into its scope. */
    private void crashAt(Runnable what) {
        world.scopes.afterPut =
                () -> {
                    what.run();
                    throw new Killed();
                };
        assertThatThrownBy(() -> run(15)).isInstanceOf(Killed.class);
        world.scopes.afterPut = () -> {};
    }

    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }
}
