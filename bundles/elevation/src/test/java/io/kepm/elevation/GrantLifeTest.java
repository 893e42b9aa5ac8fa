package io.kepm.elevation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.elevation.LaunchAnswer;
import io.kepm.api.linux.Scopes.Means;
import io.kepm.api.policy.Conditions;
import io.kepm.api.storage.StorageException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** From the allow to the last process: the life of a grant, with clocks that the test turns. */
class GrantLifeTest extends LivingGrant {

    @Test
    void ab_93_the_sudo_that_asks_is_in_its_scope_before_the_allow_is_answered() throws Exception {
        world.scopes.afterPut =
                () -> assertThat(world.log.types()).contains("GRANT_CREATED", "ELEVATION_STARTED");
        String id = run(15);
        assertThat(world.scopes.asked).containsExactly("put 4999999 15m");
        assertThat(world.scopes.members.get(id)).containsExactly(SUDO);
        assertThat(Duration.between(grants.list().get(0).from(), grants.list().get(0).to()))
                .isEqualTo(Duration.ofMinutes(15));
    }

    @Test
    void a_command_without_a_stated_limit_needs_no_scope() throws Exception {
        world.engine.answers.add(allow(60, false));
        assertThat(decide(world.sudo("id"))).isInstanceOf(LaunchAnswer.Run.class);
        assertThat(world.scopes.asked).isEmpty();
    }

    @Test
    void a_limit_that_cant_be_set_is_a_refusal_with_the_reason_and_leaves_no_grant()
            throws Exception {
        world.scopes.broken = true;
        world.engine.answers.add(allow(15, true));
        LaunchAnswer answer = decide(world.sudo("id"));
        assertThat(answer).isInstanceOf(LaunchAnswer.Refuse.class);
        assertThat(((LaunchAnswer.Refuse) answer).message()).contains("time limit").contains("bus");
        assertThat(grants.list()).isEmpty();
        assertThat(world.log.grants).isEmpty();
        assertThat(world.log.types()).containsSubsequence("GRANT_CREATED", "GRANT_REVOKED");
        assertThat(world.log.types()).last().isEqualTo("ELEVATION_REFUSED");
        world.people.groups = List.of("alice", "sudo");
        assertThat(decide(world.sudo("id"))).isInstanceOf(LaunchAnswer.OwnRight.class);
    }

    @Test
    void what_keeps_a_limit_on_which_system_and_for_whom() {
        Conditions short15 = conditions(15, true);
        Conditions long240 = conditions(240, true);
        for (Conditions any : List.of(short15, long240)) {
            for (Caller caller : List.of(Caller.GOVERNED, Caller.OTHER_BY_SUDO)) {
                assertThat(Carriage.obstacle(any, caller, Means.SERVICE_MANAGER, false)).isEmpty();
            }
            assertThat(Carriage.obstacle(any, Caller.GOVERNED, Means.AGENT, false)).isEmpty();
            // Nothing would end it if the agent died.
            assertThat(Carriage.obstacle(any, Caller.OTHER_BY_SUDO, Means.AGENT, false))
                    .isPresent();
            assertThat(Carriage.obstacle(any, Caller.OTHER_BY_SUDO, Means.NONE, false)).isPresent();
        }
        assertThat(Carriage.obstacle(short15, Caller.GOVERNED, Means.NONE, false)).isPresent();
        assertThat(Carriage.obstacle(long240, Caller.GOVERNED, Means.NONE, false)).isEmpty();
        assertThat(Carriage.lifetime(long240, Caller.GOVERNED, Means.SERVICE_MANAGER))
                .isEqualTo(Carriage.COMMAND_TIMEOUT);
        assertThat(Carriage.lifetime(long240, Caller.OTHER_BY_SUDO, Means.SERVICE_MANAGER))
                .isEqualTo(Duration.ofMinutes(240));
    }

    @Test
    void a_command_inside_a_limited_one_stays_in_its_scope_and_gets_no_shorter_limit()
            throws Exception {
        int self = (int) ProcessHandle.current().pid();
        world.engine.answers.add(allow(15, true));
        assertThat(decide(byPid(self))).isInstanceOf(LaunchAnswer.Run.class);
        world.pass(Duration.ofMinutes(1));
        assertThat(decide(byPid(self))).isInstanceOf(LaunchAnswer.Run.class);
        assertThat(world.scopes.asked).containsExactly("put " + self + " 15m");
        world.engine.answers.clear();
        world.engine.answers.add(allow(5, true));
        LaunchAnswer shorter = decide(byPid(self));
        assertThat(shorter).isInstanceOf(LaunchAnswer.Refuse.class);
        assertThat(((LaunchAnswer.Refuse) shorter).code()).isEqualTo("condition");
        // In a unit of its own it is no other way out of the one that it is in.
        LaunchAnswer inUnit = decide(byPid(self).like().door("run").build());
        assertThat(((LaunchAnswer.Refuse) inUnit).code()).isEqualTo("condition");
    }

    @Test
    void a_limited_command_inside_one_without_a_limit_moves_nobody_into_a_scope() throws Exception {
        int self = (int) ProcessHandle.current().pid();
        world.engine.answers.add(allow(60, false));
        assertThat(decide(byPid(self))).isInstanceOf(LaunchAnswer.Run.class);
        world.engine.answers.clear();
        world.engine.answers.add(allow(5, true));
        LaunchAnswer shorter = decide(inside(self));
        assertThat(((LaunchAnswer.Refuse) shorter).code()).isEqualTo("condition");
        LaunchAnswer inUnit = decide(inside(self).like().door("run").build());
        assertThat(((LaunchAnswer.Refuse) inUnit).code()).isEqualTo("condition");
        world.engine.answers.clear();
        world.engine.answers.add(allow(60, true));
        String inner = ((LaunchAnswer.Run) decide(inside(self))).grantId();
        assertThat(grants.find(inner).orElseThrow().life().scoped()).isFalse();
        assertThat(world.scopes.asked).isEmpty();
    }

    @Test
    void who_is_not_governed_has_an_outer_command_that_sudo_never_ends() throws Exception {
        world.people.groups = List.of("alice", "sudo");
        world.engine.answers.add(allow(600, true));
        assertThat(decide(inside(SUDO))).isInstanceOf(LaunchAnswer.Refuse.class);
        assertThat(decide(byPid(SUDO))).isInstanceOf(LaunchAnswer.Run.class);
    }

    @Test
    void the_person_is_warned_once_and_then_everything_is_ended() throws Exception {
        String id = run(15);
        world.pass(Duration.ofMinutes(14).plusSeconds(29));
        reconciler.tick();
        assertThat(world.terminal).isEmpty();
        world.pass(Duration.ofSeconds(2));
        reconciler.tick();
        reconciler.tick();
        assertThat(world.terminal)
                .singleElement()
                .asString()
                .startsWith("/dev/pts/0 1001 kepm: the time for `id` is over in 29 s");
        assertThat(last("USER_INTERACTION").outcome()).isEqualTo("WARNED");
        world.pass(Duration.ofSeconds(30));
        reconciler.tick();
        assertThat(last("GRANT_EXPIRED").reason()).contains("time is over");
        assertThat(world.scopes.asked).last().isEqualTo("end 5s");
        // What does not listen is killed, after the grace.
        reconciler.tick();
        assertThat(world.scopes.asked).last().isEqualTo("end 5s");
        world.pass(Duration.ofSeconds(7));
        reconciler.tick();
        assertThat(world.scopes.asked).last().isEqualTo("end 0s");
        assertThat(world.scopes.members).doesNotContainKey(id);
    }

    @Test
    void who_has_no_terminal_that_listens_is_warned_elsewhere_once() throws Exception {
        world.hears = false;
        String id = run(15);
        world.pass(Duration.ofMinutes(14).plusSeconds(31));
        reconciler.tick();
        reconciler.tick();
        assertThat(world.elsewhere).containsExactly(id + " 29");
        assertThat(world.log.types()).doesNotContain("USER_INTERACTION");
    }

    @Test
    void how_an_ended_command_closed_and_how_long_it_ran_is_in_its_end_record() throws Exception {
        String id = run(15);
        world.pass(Duration.ofMinutes(15));
        reconciler.tick();
        world.scopes.members.remove(id);
        ends.closed(id, "signal", 15, 900_123);
        assertThat(last("ELEVATION_ENDED").outcome()).isEqualTo("SIGNAL");
        assertThat(last("ELEVATION_ENDED").details())
                .containsEntry("status", "15")
                .containsEntry("duration_ms", "900123")
                .containsEntry("ending", "expired");
        assertThat(grants.list()).isEmpty();
        assertThat(world.log.types()).filteredOn("GRANT_EXPIRED"::equals).hasSize(1);
    }

    @Test
    void the_last_word_of_a_sudo_that_was_ended_is_waited_for() throws Exception {
        String id = run(15);
        ends.revokeBy(grants.find(id).orElseThrow(), "root");
        world.scopes.members.remove(id);
        world.allAlive = false;
        reconciler.tick();
        assertThat(world.log.types()).doesNotContain("ELEVATION_ENDED");
        ends.closed(id, "signal", 15, 7);
        assertThat(last("ELEVATION_ENDED").outcome()).isEqualTo("SIGNAL");
        run(15);
        ends.revokeBy(grants.all().get(0), "root");
        world.scopes.members.clear();
        settle();
        assertThat(last("ELEVATION_ENDED").outcome()).isEqualTo("UNKNOWN");
    }

    @Test
    void a_service_manager_that_is_quicker_than_our_look_leaves_both_records() throws Exception {
        String id = run(15);
        world.pass(Duration.ofMinutes(15));
        world.scopes.members.remove(id);
        ends.closed(id, "signal", 15, 900_000);
        assertThat(world.log.types()).endsWith("GRANT_EXPIRED", "ELEVATION_ENDED");
    }

    @Test
    void who_sets_finish_lets_what_runs_end_by_itself() throws Exception {
        world.killsAtExpiry = false;
        restart();
        String id = run(15);
        assertThat(world.scopes.asked).containsExactly("put 4999999 0m");
        world.pass(Duration.ofMinutes(16));
        reconciler.tick();
        reconciler.tick();
        assertThat(world.terminal).isEmpty();
        assertThat(world.scopes.asked).hasSize(1);
        assertThat(grants.list()).hasSize(1);
        assertThat(last("GRANT_EXPIRED").reason()).contains("may finish");
        // It can be taken back still.
        ends.revokeBy(grants.find(id).orElseThrow(), "root");
        assertThat(world.scopes.asked).last().isEqualTo("end 5s");
    }

    @Test
    void ab_93_what_a_command_left_running_keeps_its_grant_open_until_its_time_is_over()
            throws Exception {
        String id = run(15);
        world.scopes.members.put(id, Set.of(SUDO, LEFT));
        ends.closed(id, "exit", 0, 40);
        assertThat(last("ELEVATION_ENDED").details()).containsEntry("status", "0");
        assertThat(grants.list()).hasSize(1);
        world.allAlive = false;
        reconciler.sweep();
        assertThat(grants.list()).hasSize(1);
        world.pass(Duration.ofMinutes(15));
        reconciler.tick();
        assertThat(world.scopes.asked).last().isEqualTo("end 5s");
        world.scopes.members.remove(id);
        reconciler.tick();
        assertThat(grants.list()).isEmpty();
        assertThat(world.log.types()).filteredOn("ELEVATION_ENDED"::equals).hasSize(1);
    }

    @Test
    void a_grant_is_over_when_what_its_command_left_running_has_ended() throws Exception {
        String id = run(15);
        world.scopes.members.put(id, Set.of(LEFT));
        ends.closed(id, "exit", 0, 40);
        world.scopes.members.remove(id);
        reconciler.tick();
        assertThat(grants.list()).isEmpty();
        assertThat(last("GRANT_EXPIRED").reason()).contains("left running");
    }

    @Test
    void ab_93_a_command_that_was_moved_out_of_its_scope_loses_the_grant() throws Exception {
        String id = run(15);
        world.scopes.members.put(id, Set.of());
        reconciler.sweep();
        assertThat(last("GRANT_REVOKED").reason()).contains("not in the scope");
        assertThat(world.scopes.asked).endsWith("end 5s", "tree 4999999 5s");
    }

    @Test
    void a_grant_is_given_back_by_its_owner_and_by_nobody_else_and_that_is_final()
            throws Exception {
        String id = run(15);
        assertThat(grants.named(id, OptionalLong.of(1002))).isEmpty();
        assertThat(grants.named(id.substring(0, 5), OptionalLong.of(1001))).isEmpty();
        StoredGrant stored = grants.named(id.substring(0, 6), OptionalLong.of(1001)).orElseThrow();
        ends.release(stored, "alice");
        assertThat(last("GRANT_REVOKED").outcome()).isEqualTo("RELEASED");
        assertThat(last("GRANT_REVOKED").details()).containsEntry("by", "alice");
        String told = "/dev/pts/0 1001 kepm: the command was ended: grant ";
        assertThat(world.terminal).containsExactly(told + id.substring(0, 8) + " was given back");
        assertThat(world.scopes.asked).last().isEqualTo("end 5s");
        // Again, and by an administrator: nothing more happens.
        int records = world.log.drafts.size();
        ends.release(grants.find(id).orElseThrow(), "alice");
        ends.revokeBy(grants.find(id).orElseThrow(), "root");
        assertThat(world.log.drafts).hasSize(records);
        assertThat(world.terminal).hasSize(1);
    }

    @Test
    void a_command_without_a_scope_is_ended_as_a_tree() throws Exception {
        world.engine.answers.add(allow(60, false));
        LaunchAnswer.Run run = (LaunchAnswer.Run) decide(world.sudo("id"));
        ends.revokeBy(grants.find(run.grantId()).orElseThrow(), "root");
        assertThat(world.scopes.asked).containsExactly("tree 4999999 5s");
    }

    @Test
    void what_has_to_end_is_ended_though_it_cant_be_recorded_and_keeps_no_other_grant_alive()
            throws Exception {
        run(15);
        run(15);
        world.pass(Duration.ofMinutes(15));
        world.log.broken = true;
        assertThatThrownBy(reconciler::tick).isInstanceOf(StorageException.class);
        assertThat(world.scopes.asked).filteredOn("end 5s"::equals).hasSize(2);
    }

    @Test
    void a_grant_survives_the_store_with_all_that_it_is() throws Exception {
        String id = run(15);
        StoredGrant stored = grants.find(id).orElseThrow();
        StoredGrant ending =
                stored.with(stored.life().afterClose().ending(GrantLife.Ending.EXPIRED));
        assertThat(StoredGrant.of(stored.toBytes())).isEqualTo(stored);
        assertThat(StoredGrant.of(ending.toBytes())).isEqualTo(ending);
    }
}
