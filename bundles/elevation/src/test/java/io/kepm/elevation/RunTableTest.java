package io.kepm.elevation;

import static io.kepm.elevation.LivingGrant.allow;
import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.elevation.LaunchAnswer;
import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.linux.Scopes.Means;
import io.kepm.api.policy.Conditions;
import io.kepm.api.policy.Control;
import io.kepm.api.policy.Decision;
import io.kepm.api.policy.EvaluationRequest;
import io.kepm.api.policy.PolicyEngine.Redirect;
import io.kepm.api.policy.Reason;
import io.kepm.api.policy.SourceLimits;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * {@code kepm run}'s own way through the launch decision: the column of the table, cell by cell.
 */
class RunTableTest {

    private final FakeWorld world = new FakeWorld();

    @BeforeEach
    void systemd() {
        world.scopes.means = Means.SERVICE_MANAGER;
        world.people.groups = List.of("alice", "sudo");
    }

    @Test
    void allow_runs() throws Exception {
        world.engine.answers.add(allow(60, false));
        assertThat(answer("run")).isInstanceOf(LaunchAnswer.Run.class);
    }

    @Test
    void pending_meets_its_controls_and_then_runs() throws Exception {
        world.engine.answers.add(pending());
        world.person.answers.add("because of ticket 42");
        assertThat(answer("run")).isInstanceOf(LaunchAnswer.Run.class);
        world.engine.answers.add(pending());
        assertThat(refusal("run").code()).isEqualTo("control:justify");
    }

    @Test
    void deny_by_a_policy_refuses() throws Exception {
        world.engine.answers.add(deny(Reason.POLICY));
        assertThat(refusal("run").code()).isEqualTo(Reason.POLICY);
    }

    @Test
    void deny_by_a_guard_a_limit_or_a_fault_of_ours_refuses() throws Exception {
        world.engine.answers.add(deny("guard:protected"));
        assertThat(refusal("run").code()).isEqualTo("guard:protected");
        world.people.hangs = true;
        assertThat(refusal("run").code()).isEqualTo("name-service");
        world.people.hangs = false;
        world.log.broken = true;
        assertThat(refusal("run").code()).isEqualTo("audit");
    }

    @Test
    void a_turn_that_the_door_took_is_not_taken_again_and_what_became_of_it_counts()
            throws Exception {
        world.sources.refusal =
                Optional.of(new SourceLimits.Turn.Refused("circuit_open", Duration.ofMinutes(5)));
        world.engine.answers.add(deny(Reason.POLICY));
        LaunchAnswer answer = world.turnstile().decide(world.through("run", "id"), world.person);
        assertThat(((LaunchAnswer.Refuse) answer).code()).isEqualTo(Reason.POLICY);
        assertThat(world.sources.judged).containsExactly("1001 failed");
    }

    @Test
    void unmatched_and_not_governed_refuse() throws Exception {
        world.engine.answers.add(deny(Reason.UNMATCHED));
        assertThat(refusal("run").code()).isEqualTo(Reason.UNMATCHED);
        world.engine.answers.clear();
        world.engine.answers.add(
                new Decision.NotGoverned(List.of(Reason.of(Reason.NOT_GOVERNED, "silent"))));
        assertThat(refusal("run").code()).isEqualTo(Reason.NOT_GOVERNED);
        assertThat(world.log.grants).isEmpty();
    }

    /** Whether a path names anything is for those to know who may run it. */
    @Test
    void ab_101_a_path_that_names_nothing_is_refused_as_one_that_does() throws Exception {
        LaunchRequest there = world.through("run", "id");
        LaunchRequest gone = there.like().descriptorNote(LaunchRequest.NO_PROGRAM).build();
        for (String code : List.of(Reason.UNMATCHED, Reason.POLICY)) {
            world.engine.answers.clear();
            world.engine.answers.add(deny(code));
            LaunchAnswer.Refuse refuse = (LaunchAnswer.Refuse) decide(gone);
            assertThat(refuse.code()).isEqualTo(code);
            assertThat(refuse.message()).isEqualTo(((LaunchAnswer.Refuse) decide(there)).message());
        }
        for (Decision decision : List.of(allow(60, false), pending())) {
            world.engine.answers.clear();
            world.engine.answers.add(decision);
            LaunchAnswer.Refuse refuse = (LaunchAnswer.Refuse) decide(gone);
            assertThat(refuse.code()).isEqualTo(Launch.NOT_FOUND);
            assertThat(refuse.message())
                    .contains("`" + gone.path() + "`: there is no such program");
        }
        assertThat(world.log.grants).isEmpty();
    }

    /** What root alone can see of a program is told to whom policy lets run it. */
    @Test
    void ab_101_what_the_agent_sees_of_a_program_is_not_told_to_whom_policy_refuses_it()
            throws Exception {
        world.engine.answers.add(deny("guard:unsafe-target"));
        world.engine.answers.add(deny(Reason.UNMATCHED));
        LaunchAnswer.Refuse refuse = refusal("run");
        assertThat(refuse.code()).isEqualTo(Reason.UNMATCHED);
        EvaluationRequest.Target blind = world.engine.asked.get(1).target();
        assertThat(blind.realPath()).isEqualTo(blind.path());
        assertThat(blind.sha256()).isEmpty();
        assertThat(blind.unsafe()).isEmpty();
        assertThat(world.log.drafts)
                .as("the record says all")
                .anyMatch(draft -> "guard:unsafe-target".equals(draft.details().get("codes")));
        for (Decision would : List.of(allow(60, false), pending())) {
            world.engine.answers.clear();
            world.engine.answers.add(deny("guard:unsafe-target"));
            world.engine.answers.add(would);
            assertThat(refusal("run").code()).isEqualTo("guard:unsafe-target");
        }
        world.engine.answers.clear();
        world.engine.answers.add(deny("guard:unsafe-target"));
        world.engine.answers.add(deny(Reason.UNMATCHED));
        world.people.groups = List.of("alice", "kepm-users");
        assertThat(refusal("sudo").code()).as("sudo tells more").isEqualTo("guard:unsafe-target");
    }

    @Test
    void root_is_told_that_its_own_right_stands() throws Exception {
        world.engine.answers.add(deny(Reason.POLICY));
        assertThat(decide(world.root("run", "id"))).isInstanceOf(LaunchAnswer.OwnRight.class);
    }

    @Test
    void ab_09_what_sudo_cant_carry_is_carried_here_and_sudo_says_so() throws Exception {
        for (Conditions conditions : List.of(keeping(), noExec(), with("record"))) {
            world.engine.answers.clear();
            world.engine.answers.add(under(conditions));
            assertThat(refusal("sudo").message()).contains("run: kepm run -- id");
            assertThat(carriedBySudo()).isFalse();
            LaunchAnswer.Run run = (LaunchAnswer.Run) answer("run");
            assertThat(run.conditions()).isEqualTo(conditions);
            assertThat(run.most()).isEqualTo(Duration.ofMinutes(60));
        }
    }

    @Test
    void what_policy_gives_beyond_the_longest_right_is_cut_kept_and_said() throws Exception {
        world.longest = Duration.ofMinutes(30);
        for (String door : List.of("run", "sudo")) {
            world.engine.answers.clear();
            // States no time of its own: 60 minutes, which nothing would end before.
            world.engine.answers.add(allow(60, false));
            LaunchAnswer.Run run = (LaunchAnswer.Run) answer(door);
            assertThat(run.conditions().timeLimited()).isTrue();
            assertThat(run.conditions().validFor()).isEqualTo(world.longest);
            assertThat(run.notices().toString())
                    .contains("ended after 30 min (policy gives 60 min): no right lasts longer");
            StoredGrant stored = world.grants().find(run.grantId()).orElseThrow();
            assertThat(stored.life().limited()).isTrue();
            assertThat(stored.life().lasts()).isEqualTo(world.longest);
        }
        world.longest = Duration.ofMinutes(60);
        LaunchAnswer.Run whole = (LaunchAnswer.Run) answer("run");
        assertThat(whole.conditions().timeLimited()).isFalse();
        assertThat(whole.notices()).isEmpty();
    }

    @Test
    void where_kepm_run_has_no_way_of_its_own_nobody_is_sent_to_it() throws Exception {
        world.ownWay = false;
        world.engine.answers.add(under(keeping()));
        assertThat(refusal("sudo").message()).contains("can't carry").doesNotContain("kepm run --");
    }

    @Test
    void ab_09_where_commands_inside_cant_be_judged_the_outer_one_is_refused() throws Exception {
        isRefusedInWords(with("intercept"));
        assertThat(refusal("sudo").message())
                .contains("every command inside is judged", "name the program by its path");
        assertThat(refusal("run").message()).contains("run it by sudo");
    }

    @Test
    void ab_09_where_sudo_asks_about_what_a_command_starts_it_runs() throws Exception {
        world.engine.answers.add(under(with("intercept")));
        LaunchAnswer.Run run = (LaunchAnswer.Run) decide(world.asking("id"));
        assertThat(run.conditions().intercept()).isTrue();
        assertThat(world.log.grants.values()).hasSize(1);
        // Not only this one condition is looked at.
        world.engine.answers.clear();
        world.engine.answers.add(under(conditions(List.of("LANG"), "intercept")));
        LaunchAnswer kept = decide(world.asking("id"));
        assertThat(((LaunchAnswer.Refuse) kept).message()).contains("kept environment variables");
    }

    private void isRefusedInWords(Conditions... unkept) throws Exception {
        for (Conditions conditions : unkept) {
            world.engine.answers.clear();
            world.engine.answers.add(under(conditions));
            assertThat(refusal("run").message()).doesNotContain("kepm run --");
            assertThat(refusal("sudo").message()).doesNotContain("kepm run --");
            assertThat(carriedBySudo()).isTrue();
        }
    }

    @Test
    void without_systemd_nothing_is_started_and_it_says_why() throws Exception {
        world.scopes.means = Means.AGENT;
        world.engine.answers.add(allow(60, false));
        assertThat(refusal("run").message()).contains("needs systemd as the first process");
        assertThat(world.log.grants).isEmpty();
        assertThat(carriedBySudo()).isTrue();
        world.engine.answers.clear();
        world.engine.answers.add(under(keeping()));
        assertThat(refusal("sudo").message()).doesNotContain("kepm run --");
    }

    @Test
    void sudo_keeps_refusals_and_rights_of_the_sites_own() throws Exception {
        world.engine.answers.add(deny(Reason.UNMATCHED));
        assertThat(carriedBySudo()).isTrue();
        world.engine.answers.clear();
        world.engine.answers.add(allow(60, true));
        assertThat(carriedBySudo()).isTrue();
    }

    @Test
    void ab_17_a_redirect_runs_in_its_place_by_the_same_grant_and_both_are_on_record()
            throws Exception {
        world.engine.redirect = Optional.of(new Redirect("/opt/site/edit", "--safe  a", ""));
        world.engine.answers.add(allow(60, false));
        world.engine.answers.add(deny(Reason.UNMATCHED));
        LaunchAnswer.Run run = (LaunchAnswer.Run) answer("run");
        assertThat(run.substitute().orElseThrow().path()).isEqualTo("/opt/site/edit");
        assertThat(run.conditions().argv()).containsExactly("/opt/site/edit", "--safe", "a");
        assertThat(world.log.drafts)
                .filteredOn(draft -> draft.type().name().equals("GRANT_CREATED"))
                .singleElement()
                .satisfies(
                        draft -> {
                            assertThat(draft.target().orElseThrow().path())
                                    .isEqualTo("/opt/site/edit");
                            assertThat(draft.details()).containsEntry("in_place_of", "/usr/bin/id");
                        });
    }

    @Test
    void ab_17_a_substitute_passes_the_guards_and_the_policies_that_deny() throws Exception {
        world.engine.redirect = Optional.of(new Redirect("/opt/site/edit", "", ""));
        for (String code : List.of(Reason.POLICY, "guard:protected")) {
            world.engine.answers.clear();
            world.engine.answers.add(allow(60, false));
            world.engine.answers.add(deny(code));
            assertThat(refusal("run").code()).isEqualTo("redirect");
        }
        world.files.unsafe = List.of("writable by others: /opt/site");
        world.engine.answers.clear();
        world.engine.answers.add(allow(60, false));
        assertThat(refusal("run").message()).contains("writable by others");
        assertThat(world.files.open).isZero();
        assertThat(world.log.grants).isEmpty();
    }

    @Test
    void rules_that_cant_be_read_replace_nothing_and_nothing_runs() throws Exception {
        world.engine.redirect = Optional.of(new Redirect("", "", "not JSON"));
        world.engine.answers.add(allow(60, false));
        assertThat(refusal("run").message()).contains("can't be read: not JSON");
    }

    @Test
    void a_grant_counts_once_it_is_bound_to_its_unit() throws Exception {
        Grants grants = world.grants();
        Granting granting = world.granting(grants);
        world.engine.answers.add(allow(15, true));
        LaunchAnswer.Run run =
                (LaunchAnswer.Run)
                        world.launch(grants, granting)
                                .decide(world.through("run", "id"), world.person);
        assertThat(world.scopes.asked).as("no sudo is put anywhere").isEmpty();
        assertThat(world.log.grants).containsOnlyKeys(run.grantId());
        assertThat(grants.list()).isEmpty();
        assertThat(granting.started(run.grantId(), 77, 5)).isTrue();
        StoredGrant stored = grants.find(run.grantId()).orElseThrow();
        assertThat(stored.pid()).isEqualTo(77);
        assertThat(stored.started()).isEqualTo(5);
        assertThat(stored.life().scoped()).isTrue();
        assertThat(StoredGrant.of(world.log.grants.get(run.grantId()))).isEqualTo(stored);
        assertThat(granting.started(run.grantId(), 78, 6)).as("a second time").isFalse();
        assertThat(granting.started("another", 78, 6)).isFalse();
    }

    @Test
    void a_grant_whose_unit_did_not_start_is_ended_as_any_other() throws Exception {
        Grants grants = world.grants();
        Granting granting = world.granting(grants);
        world.engine.answers.add(allow(15, true));
        LaunchAnswer.Run run =
                (LaunchAnswer.Run)
                        world.launch(grants, granting)
                                .decide(world.through("run", "id"), world.person);
        granting.openUnstarted(run.grantId());
        world.ends(grants).closed(run.grantId(), "error", 1, 0);
        assertThat(world.log.grants).isEmpty();
        assertThat(world.log.types()).endsWith("ELEVATION_ENDED");
    }

    @Test
    void ab_92_after_a_crash_before_it_was_bound_nothing_is_left_of_it() throws Exception {
        world.engine.answers.add(allow(15, true));
        LaunchAnswer.Run run = (LaunchAnswer.Run) answer("run");
        world.allAlive = false;
        world.reconciler(world.grants()).begin();
        assertThat(world.log.grants).doesNotContainKey(run.grantId());
    }

    @Test
    void governed_users_have_the_time_that_policy_gives() throws Exception {
        world.people.groups = List.of("alice", "kepm-users");
        world.engine.answers.add(allow(240, true));
        assertThat(((LaunchAnswer.Run) answer("run")).most()).isEqualTo(Duration.ofMinutes(240));
        world.killsAtExpiry = false;
        assertThat(((LaunchAnswer.Run) answer("run")).most()).isEqualTo(Duration.ZERO);
    }

    private boolean carriedBySudo() throws Exception {
        return world.launch(world.grants()).carriedBySudo(world.through("run", "id"));
    }

    private LaunchAnswer answer(String door) throws Exception {
        return decide(world.through(door, "id"));
    }

    private LaunchAnswer decide(LaunchRequest request) throws Exception {
        return world.launch(world.grants()).decide(request, world.person);
    }

    private LaunchAnswer.Refuse refusal(String door) throws Exception {
        return (LaunchAnswer.Refuse) answer(door);
    }

    private static Decision deny(String code) {
        return new Decision.Deny(List.of(Reason.of(code, "because")));
    }

    private static Decision pending() {
        return new Decision.Pending(
                List.of(Control.JUSTIFY), with(""), List.of(Reason.of(Reason.POLICY, "asks")));
    }

    private static Decision under(Conditions conditions) {
        return new Decision.Allow(conditions, List.of(Reason.of(Reason.POLICY, "allowed")));
    }

    private static Conditions keeping() {
        return conditions(List.of("TZ"), "");
    }

    private static Conditions noExec() {
        return conditions(List.of(), "noexec");
    }

    private static Conditions with(String what) {
        return conditions(List.of(), what);
    }

    private static Conditions conditions(List<String> kept, String what) {
        return new Conditions(
                "root",
                List.of("id"),
                Duration.ofMinutes(60),
                false,
                kept,
                10,
                false,
                false,
                what.equals("record"),
                what.equals("ephemeral"),
                what.equals("intercept"),
                what.equals("noexec"),
                false,
                List.of(),
                List.of());
    }
}
