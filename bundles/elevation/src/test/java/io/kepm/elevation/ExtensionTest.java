package io.kepm.elevation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.elevation.Grant;
import io.kepm.api.elevation.LaunchAnswer;
import io.kepm.api.elevation.LaunchDecision.Extended;
import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.elevation.RequestState;
import io.kepm.api.elevation.Requests.Act;
import io.kepm.api.elevation.Requests.Person;
import io.kepm.api.policy.Decision;
import io.kepm.api.policy.Reason;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExtensionTest extends LivingGrant {

    private static final Person ROOT = new Person("root", 0, OptionalLong.of(0), List.of("root"));

    @TempDir Path folder;

    @Test
    void policy_gives_more_time_from_now_and_the_scope_gets_it() throws Exception {
        String id = run(10);
        world.pass(Duration.ofMinutes(8));
        Grant longer = done(extend(id));
        assertThat(longer.to()).isEqualTo(world.now.plus(Duration.ofMinutes(10)));
        assertThat(world.scopes.asked).contains("prolong 18m");
        assertThat(last("GRANT_EXTENDED").details())
                .containsEntry("to", longer.to().toString())
                .containsEntry("grant", id);
        world.pass(Duration.ofMinutes(9));
        restart();
        reconciler.tick();
        assertThat(grants.find(id).orElseThrow().life().ending())
                .as("after a restart, beyond its former end")
                .isEqualTo(GrantLife.Ending.NONE);
        world.pass(Duration.ofMinutes(2));
        reconciler.tick();
        assertThat(grants.find(id).orElseThrow().life().ending())
                .isEqualTo(GrantLife.Ending.EXPIRED);
    }

    @Test
    void ab_90_what_policy_denies_now_gets_no_more_time() throws Exception {
        String id = run(10);
        StoredGrant before = grants.find(id).orElseThrow();
        world.pass(Duration.ofMinutes(8));
        world.engine.answers.clear();
        world.engine.answers.add(
                new Decision.Deny(List.of(Reason.of(Reason.UNMATCHED, "no policy"))));
        assertThat(why(extend(id))).contains("no policy allows this");
        assertThat(grants.find(id)).hasValue(before);
        assertThat(world.log.types()).contains("ELEVATION_REFUSED");
        assertThat(world.scopes.asked).noneMatch(asked -> asked.startsWith("prolong"));
    }

    @Test
    void a_governed_user_of_sudo_gets_no_more_than_sudo_itself_leaves() throws Exception {
        String id = run(50);
        world.pass(Duration.ofMinutes(30));
        Grant longer = done(extend(id));
        assertThat(Duration.between(longer.from(), longer.to()))
                .isEqualTo(Carriage.COMMAND_TIMEOUT);
        assertThat(why(extend(id))).contains("60 minutes after its beginning at the latest");
    }

    @Test
    void ab_90_no_grant_lasts_longer_than_a_day_however_often_it_is_asked_for() throws Exception {
        world.people.groups.remove("kepm-users");
        String id = runByUnit(600);
        for (int i = 0; i < 2; i++) {
            world.pass(Duration.ofHours(9));
            done(extend(id));
        }
        Grant longest = grants.find(id).orElseThrow().grant();
        assertThat(Duration.between(longest.from(), longest.to())).isEqualTo(Duration.ofHours(24));
        assertThat(why(extend(id))).contains("1440 minutes after its beginning at the latest");
    }

    @Test
    void a_site_that_gives_less_than_a_day_gives_no_more_by_asking_again() throws Exception {
        world.longest = Duration.ofMinutes(20);
        String id = run(10);
        for (int i = 0; i < 2; i++) {
            world.pass(Duration.ofMinutes(8));
            done(extend(id));
        }
        Grant longest = grants.find(id).orElseThrow().grant();
        assertThat(Duration.between(longest.from(), longest.to())).isEqualTo(world.longest);
        assertThat(why(extend(id))).contains("20 minutes after its beginning at the latest");
    }

    @Test
    void who_has_all_of_it_is_told_so_and_keeps_it() throws Exception {
        String id = run(10);
        assertThat(why(extend(id))).contains("all the time that policy gives it (10 minutes)");
        // A policy that gives less now takes nothing away.
        world.engine.answers.clear();
        world.engine.answers.add(allow(1, true));
        Grant before = grants.find(id).orElseThrow().grant();
        assertThat(why(extend(id))).contains("all the time");
        assertThat(grants.find(id).orElseThrow().grant()).isEqualTo(before);
    }

    @Test
    void controls_are_met_again_and_an_approval_is_used_up_by_it() throws Exception {
        String id = run(10);
        world.pass(Duration.ofMinutes(8));
        world.engine.answers.clear();
        world.engine.answers.add(ApprovalScene.pending(1, 1));
        Extended waits = extend(id, Optional.of("the backup takes longer"));
        assertThat(waits).isInstanceOf(Extended.Waits.class);
        String request = ((Extended.Waits) waits).request().id();
        world.desk(folder.resolve("persons.json")).act(request, Act.APPROVE, ROOT, "", "");
        done(extend(id));
        assertThat(world.book().find(request).orElseThrow().state()).isEqualTo(RequestState.USED);
        assertThat(last("GRANT_EXTENDED").details()).containsEntry("approval", request);
        world.pass(Duration.ofMinutes(8));
        assertThat(extend(id, Optional.of("the backup takes longer")))
                .as("one use")
                .isInstanceOf(Extended.Waits.class);
        assertThat(why(extend(run(10)))).contains("all the time");
    }

    @Test
    void what_is_over_or_can_not_be_judged_again_gets_no_more_time() throws Exception {
        String id = run(10);
        ends.release(grants.find(id).orElseThrow(), "alice");
        assertThat(why(extend(id))).contains("the grant is over");
        settle();
        LaunchRequest secret = world.sudo("id", "--password=hunter2");
        world.engine.answers.clear();
        world.engine.answers.add(allow(10, true));
        String hidden = ((LaunchAnswer.Run) decide(secret)).grantId();
        world.pass(Duration.ofMinutes(5));
        assertThat(why(extend(hidden))).contains("its words are not all kept");
    }

    @Test
    void a_time_limit_that_can_not_be_moved_leaves_the_grant_as_it_was() throws Exception {
        String id = run(10);
        StoredGrant before = grants.find(id).orElseThrow();
        world.pass(Duration.ofMinutes(8));
        world.scopes.broken = true;
        assertThat(why(extend(id))).contains("its time limit can't be moved: no bus");
        assertThat(grants.find(id)).hasValue(before);
        assertThat(last("GRANT_EXTENDED").outcome()).isEqualTo("FAILED");
    }

    @Test
    void ab_106_without_a_record_there_is_no_more_time() throws Exception {
        String id = run(10);
        world.pass(Duration.ofMinutes(8));
        world.log.broken = true;
        assertThat(why(extend(id))).contains("can't be written");
        world.log.broken = false;
        assertThat(world.scopes.asked).noneMatch(asked -> asked.startsWith("prolong"));
    }

    @Test
    void the_last_warning_comes_again_before_the_new_end() throws Exception {
        String id = run(10);
        world.pass(Duration.ofMinutes(9).plusSeconds(45));
        reconciler.tick();
        done(extend(id));
        reconciler.tick();
        world.pass(Duration.ofMinutes(9).plusSeconds(45));
        reconciler.tick();
        reconciler.tick();
        assertThat(world.terminal).hasSize(2);
    }

    private String runByUnit(long minutes) throws Exception {
        world.engine.answers.clear();
        world.engine.answers.add(allow(minutes, true));
        Granting granting = world.granting(grants);
        String id =
                ((LaunchAnswer.Run)
                                world.launch(grants, granting)
                                        .decide(world.through("run", "id"), world.person))
                        .grantId();
        assertThat(granting.started(id, SUDO, 1)).isTrue();
        return id;
    }

    private Extended extend(String id) {
        return extend(id, Optional.empty());
    }

    private Extended extend(String id, Optional<String> reason) {
        return world.extension(grants).ask(grants.find(id).orElseThrow(), reason, world.person);
    }

    private static Grant done(Extended extended) {
        assertThat(extended).isInstanceOf(Extended.Done.class);
        return ((Extended.Done) extended).grant();
    }

    private static String why(Extended extended) {
        return ((Extended.Refused) extended).message();
    }
}
