package io.kepm.elevation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditType;
import io.kepm.api.elevation.LaunchAnswer;
import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.policy.Conditions;
import io.kepm.api.policy.Control;
import io.kepm.api.policy.Decision;
import io.kepm.api.policy.Evaluation;
import io.kepm.api.policy.PolicyEngine;
import io.kepm.api.policy.PolicyRef;
import io.kepm.api.policy.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LaunchTest {

    private final FakeWorld world = new FakeWorld();

    @Test
    void an_allow_is_on_record_with_its_grant_before_it_is_answered() throws Exception {
        world.engine.answers.add(allow(60));
        Grants grants = world.grants();
        LaunchAnswer answer = world.launch(grants).decide(world.sudo("id"), world.person);
        assertThat(answer).isInstanceOf(LaunchAnswer.Run.class);
        assertThat(world.log.types())
                .containsExactly("POLICY_EVALUATION", "GRANT_CREATED", "ELEVATION_STARTED");
        assertThat(world.log.grants).containsOnlyKeys(((LaunchAnswer.Run) answer).grantId());
        assertThat(grants.list()).hasSize(1);
    }

    @Test
    void a_decision_is_on_record_with_the_terminal_and_the_process_that_asked() throws Exception {
        world.engine.answers.add(allow(60));
        world.launch(world.grants()).decide(world.sudo("id"), world.person);
        assertThat(world.log.drafts.get(0).type()).isEqualTo(AuditType.POLICY_EVALUATION);
        assertThat(world.log.drafts.get(0).user().orElseThrow().tty()).isEqualTo("/dev/pts/0");
        assertThat(world.log.drafts.get(0).user().orElseThrow().pid()).isPositive();
    }

    @Test
    void what_a_redirect_replaces_does_not_run_and_nobody_is_asked_for_it() throws Exception {
        world.engine.redirect =
                Optional.of(new PolicyEngine.Redirect("/opt/site/edit", "--safe", ""));
        world.engine.answers.add(allow(60));
        LaunchAnswer.Refuse refuse = refusal(world.sudo("id"));
        assertThat(refuse.code()).isEqualTo("condition");
        assertThat(refuse.message()).contains("`/opt/site/edit --safe` runs in its place");
        world.engine.answers.clear();
        world.engine.answers.add(pending(Control.JUSTIFY));
        assertThat(refusal(world.sudo("id")).code()).isEqualTo("condition");
        assertThat(world.log.types()).doesNotContain("GRANT_CREATED", "REQUEST_CREATED");
    }

    @Test
    void an_explanation_looks_at_what_lies_at_the_path_and_a_decision_at_what_will_run()
            throws Exception {
        world.engine.answers.add(allow(60));
        world.launch(world.grants()).explain(world.sudo("id"), "CommandLine");
        assertThat(world.engine.asked.get(0).target().certificates()).hasSize(1);
        world.launch(world.grants()).decide(world.sudo("id"), world.person);
        assertThat(world.engine.asked.get(1).target().certificates()).isEmpty();
    }

    @Test
    void ab_106_no_record_no_elevation_and_no_grant() throws Exception {
        world.engine.answers.add(allow(60));
        Grants grants = world.grants();
        world.log.broken = true;
        LaunchAnswer answer = world.launch(grants).decide(world.sudo("id"), world.person);
        assertThat(answer).isInstanceOf(LaunchAnswer.Refuse.class);
        assertThat(((LaunchAnswer.Refuse) answer).message()).contains("disk full");
        assertThat(grants.list()).isEmpty();
    }

    @Test
    void a_governed_user_without_a_policy_is_refused_and_told_what_to_do() throws Exception {
        world.engine.answers.add(unmatched());
        LaunchAnswer.Refuse refuse = refusal(world.sudo("id"));
        assertThat(refuse.code()).isEqualTo("unmatched");
        assertThat(refuse.message()).contains("3-abababab").contains("kepm list");
        assertThat(world.log.types()).containsExactly("POLICY_EVALUATION", "ELEVATION_REFUSED");
    }

    private static Evaluation.WouldHave watching(String id, String message, boolean acknowledge) {
        return new Evaluation.WouldHave(
                new PolicyRef(id, id, 1), "DENY", true, message, acknowledge);
    }

    @Test
    void ab_87_a_notice_that_is_to_be_confirmed_is_asked_for_once_and_changes_nothing()
            throws Exception {
        world.engine.answers.add(allow(60));
        world.engine.watching =
                List.of(watching("w", "Soon a code", true), watching("v", "Hello", false));
        for (String typed : new String[] {"", "no!"}) {
            world.person.answers.add(typed);
            LaunchAnswer answer =
                    world.launch(world.grants()).decide(world.sudo("id"), world.person);
            assertThat(((LaunchAnswer.Run) answer).notices()).containsExactly("Hello");
        }
        LaunchAnswer silent = world.launch(world.grants()).decide(world.sudo("id"), world.person);
        assertThat(silent).isInstanceOf(LaunchAnswer.Run.class);
        assertThat(world.person.questions)
                .hasSize(3)
                .allMatch(text -> text.startsWith("Soon a code\nPress Enter"));
        assertThat(world.log.drafts)
                .filteredOn(draft -> draft.type() == AuditType.USER_INTERACTION)
                .extracting(draft -> draft.outcome() + " " + draft.details().get("policy"))
                .containsExactly(
                        "PROMPTED w",
                        "ACKNOWLEDGED w",
                        "PROMPTED w",
                        "ACKNOWLEDGED w",
                        "PROMPTED w",
                        "NOT_ACKNOWLEDGED w");
    }

    @Test
    void ab_87_a_policy_in_force_may_ask_that_its_notice_is_confirmed_and_it_changes_nothing()
            throws Exception {
        Evaluation.Notice notice =
                new Evaluation.Notice(new PolicyRef("p", "p", 1), "Mind the disks", true);
        world.engine.speaking = List.of(notice);
        world.engine.watching = List.of(watching("w", "Soon a code", true));
        world.engine.answers.add(allow(60, "Mind the disks", "Hello"));
        world.person.answers.add("");
        LaunchAnswer answer = world.launch(world.grants()).decide(world.sudo("id"), world.person);
        assertThat(((LaunchAnswer.Run) answer).notices()).containsExactly("Hello");
        assertThat(world.person.questions)
                .singleElement()
                .asString()
                .startsWith("Mind the disks\nSoon a code\nPress Enter");
        world.engine.answers.clear();
        world.engine.answers.add(new Decision.Deny(List.of(Reason.of(Reason.POLICY, "never"))));
        // Nobody answered, so nobody may have seen it.
        assertThat(refusal(world.sudo("id")).message()).endsWith("\nMind the disks\nSoon a code");
        assertThat(refusal(world.sudo(Optional.empty(), false, "id")).message())
                .endsWith("\nMind the disks\nSoon a code");
        assertThat(world.log.drafts)
                .filteredOn(draft -> draft.type() == AuditType.USER_INTERACTION)
                .extracting(draft -> draft.outcome() + " " + draft.details().get("policy"))
                .containsExactly(
                        "PROMPTED p",
                        "PROMPTED w",
                        "ACKNOWLEDGED p",
                        "ACKNOWLEDGED w",
                        "PROMPTED p",
                        "PROMPTED w",
                        "NOT_ACKNOWLEDGED p",
                        "NOT_ACKNOWLEDGED w");
    }

    @Test
    void with_nobody_to_ask_it_is_a_notice_and_a_refusal_carries_notices_too() throws Exception {
        world.engine.answers.add(allow(60));
        world.engine.watching = List.of(watching("w", "Soon a code", true));
        LaunchAnswer answer =
                world.launch(world.grants())
                        .decide(world.sudo(Optional.empty(), false, "id"), world.person);
        assertThat(((LaunchAnswer.Run) answer).notices()).containsExactly("Soon a code");
        assertThat(world.person.questions).isEmpty();
        world.engine.answers.clear();
        world.engine.answers.add(unmatched());
        assertThat(refusal(world.sudo(Optional.empty(), false, "id")).message())
                .endsWith("\nSoon a code");
    }

    @Test
    void what_counts_is_the_set_in_force_after_a_notice_was_confirmed() throws Exception {
        world.engine.answers.add(allow(60));
        world.engine.answers.add(unmatched());
        world.engine.watching = List.of(watching("w", "Soon a code", true));
        world.person.answers.add("");
        assertThat(refusal(world.sudo("id")).code()).isEqualTo("unmatched");
    }

    @Test
    void another_user_without_a_policy_keeps_what_sudoers_gives_and_it_is_recorded()
            throws Exception {
        world.people.groups = List.of("alice", "sudo");
        world.engine.answers.add(unmatched());
        LaunchAnswer answer = world.launch(world.grants()).decide(world.sudo("id"), world.person);
        assertThat(answer).isInstanceOf(LaunchAnswer.OwnRight.class);
        assertThat(world.log.drafts.get(0).outcome()).isEqualTo("NOT_GOVERNED");
    }

    @Test
    void ab_141_a_hanging_name_service_is_a_refusal_with_the_reason() throws Exception {
        world.people.hangs = true;
        world.engine.answers.add(allow(60));
        LaunchAnswer.Refuse refuse = refusal(world.sudo("id"));
        assertThat(refuse.code()).isEqualTo("name-service");
        assertThat(refuse.message()).contains("no answer within 2000 ms");
        assertThat(world.log.types()).containsExactly("ELEVATION_REFUSED");
    }

    @Test
    void ab_141_names_that_are_lost_after_a_policy_spoke_give_nobody_their_own_right_back()
            throws Exception {
        world.people.groups = List.of("alice", "sudo");
        world.engine.watching = List.of(watching("w", "Soon a code", true));
        world.person.answers.add("");
        world.person.whileTyping = () -> world.people.hangs = true;
        world.engine.answers.add(
                new Decision.Deny(List.of(Reason.of(Reason.POLICY, "denied by policy"))));
        assertThat(refusal(world.sudo("id")).code()).isEqualTo("name-service");

        // Where no policy binds, nobody loses a right by it.
        world.people.hangs = false;
        world.person.answers.add("");
        world.engine.answers.clear();
        world.engine.answers.add(unmatched());
        assertThat(world.launch(world.grants()).decide(world.sudo("id"), world.person))
                .isInstanceOf(LaunchAnswer.OwnRight.class);
    }

    @Test
    void a_reason_that_no_policy_asks_for_is_on_record_and_stops_nobody() throws Exception {
        world.engine.answers.add(allow(60));
        LaunchAnswer answer =
                world.launch(world.grants())
                        .decide(world.sudo(Optional.of(" ticket 42 "), false, "id"), world.person);
        assertThat(answer).isInstanceOf(LaunchAnswer.Run.class);
        assertThat(world.log.drafts)
                .anyMatch(
                        draft ->
                                draft.type() == AuditType.JUSTIFICATION_RECORDED
                                        && draft.reason().equals("ticket 42"));
        assertThat(
                        world.launch(world.grants())
                                .decide(
                                        world.sudo(Optional.of("a\u0007b"), false, "id"),
                                        world.person))
                .isInstanceOf(LaunchAnswer.Run.class);
    }

    @Test
    void ab_131_an_option_that_no_policy_names_is_malformed_whatever_policy_says()
            throws Exception {
        world.engine.answers.add(allow(60));
        LaunchRequest group = world.sudo("id").like().options(List.of("runas_group=disk")).build();
        assertThat(refusal(group).code()).isEqualTo("guard:malformed");
        assertThat(world.log.grants).isEmpty();
        LaunchRequest led = world.sudo("id").like().options(List.of("env=NODE_OPTIONS")).build();
        assertThat(refusal(led).code()).isEqualTo("guard:malformed");
        assertThat(refusal(led).message()).contains("the variable `NODE_OPTIONS`");
    }

    @Test
    void ab_131_an_odd_option_gets_nobody_round_a_deny_by_either_name_of_a_program()
            throws Exception {
        world.people.groups = List.of("alice", "sudo");
        world.files.leadsTo = "/usr/bin/python3.11";
        world.engine.answers.add(unmatched());
        world.engine.answers.add(
                new Decision.Deny(List.of(Reason.of(Reason.POLICY, "denied by its link"))));
        LaunchRequest odd =
                world.sudo("python3").like().options(List.of("preserve_groups=true")).build();

        assertThat(refusal(odd).code()).isEqualTo(Reason.POLICY);
        assertThat(world.engine.asked)
                .extracting(request -> request.target().path())
                .containsExactly("/usr/bin/python3.11", "/usr/bin/python3");
    }

    @Test
    void ab_38_the_groups_of_the_account_and_those_of_the_session_are_both_on_record()
            throws Exception {
        int self = (int) ProcessHandle.current().pid();
        world.people.groups = List.of("alice", "kepm-users", "fresh");
        world.engine.answers.add(unmatched());
        refusal(world.sudo("id").like().pid(self).build());
        assertThat(world.log.drafts.get(0).details())
                .containsEntry("groups", "alice,kepm-users,fresh")
                .containsEntry("session_groups", LiveProcess.groupsOf(self));
        assertThat(LiveProcess.groupsOf(self)).isNotEmpty();
    }

    @Test
    void who_asks_is_looked_up_again_after_a_person_had_time() throws Exception {
        world.engine.answers.add(pending(Control.JUSTIFY));
        world.person.answers.add("restart after the upgrade");
        world.person.whileTyping = () -> world.people.groups = List.of("alice", "kepm-users", "x");

        world.launch(world.grants()).decide(world.sudo("id"), world.person);

        assertThat(world.engine.asked)
                .extracting(request -> request.user().groups().size())
                .containsExactly(2, 3);
    }

    @Test
    void a_user_name_that_does_not_belong_to_the_uid_is_malformed() throws Exception {
        world.engine.answers.add(allow(60));
        LaunchRequest other = world.sudo("id").like().user("alice", 1002).build();
        assertThat(refusal(other).code()).isEqualTo("guard:malformed");
    }

    @Test
    void a_reason_that_is_typed_lets_the_command_run_and_is_on_record() throws Exception {
        world.engine.answers.add(pending(Control.JUSTIFY));
        world.person.answers.add("short");
        world.person.answers.add("  restart after the upgrade ");
        LaunchAnswer answer = world.launch(world.grants()).decide(world.sudo("id"), world.person);
        assertThat(answer).isInstanceOf(LaunchAnswer.Run.class);
        assertThat(world.person.told).anyMatch(text -> text.contains("too short"));
        assertThat(world.log.drafts).anyMatch(d -> d.reason().equals("restart after the upgrade"));
        assertThat(world.log.drafts)
                .filteredOn(d -> d.outcome().equals("PROMPTED"))
                .singleElement()
                .matches(d -> "justification".equals(d.details().get("prompt")));
    }

    @Test
    void without_anybody_to_ask_the_refusal_says_how_to_give_a_reason() throws Exception {
        world.engine.answers.add(pending(Control.JUSTIFY));
        LaunchAnswer.Refuse refuse = refusal(world.sudo(Optional.empty(), false, "id", "-u"));
        assertThat(refuse.message()).contains("kepm run -m").contains("-- id -u");
    }

    @Test
    void ab_97_a_reason_with_escapes_or_direction_marks_is_refused() {
        assertThat(Justification.fault("please \u001b[31m let me in", 10)).isPresent();
        assertThat(Justification.fault("please \u202e let me in now", 10)).isPresent();
        assertThat(Justification.fault("first line\nsecond line", 10)).isPresent();
        assertThat(Justification.fault("x".repeat(1001), 10)).isPresent();
        assertThat(Justification.fault("=cmd()|'é' <b>ok</b>", 10)).isEmpty();
    }

    @Test
    void a_deny_that_comes_into_force_while_the_person_types_counts() throws Exception {
        world.engine.answers.add(pending(Control.JUSTIFY));
        world.engine.answers.add(
                new Decision.Deny(
                        List.of(
                                new Reason(
                                        Reason.POLICY,
                                        "policy `frozen` says: not now",
                                        Optional.of(new PolicyRef("P2", "frozen", 1)),
                                        List.of(),
                                        true))));
        world.person.answers.add("restart after the upgrade");
        LaunchAnswer.Refuse refuse = refusal(world.sudo("id"));
        assertThat(refuse.message()).contains("frozen").contains("not now");
        assertThat(world.log.grants).isEmpty();
    }

    @Test
    void a_control_that_cant_be_met_here_is_a_refusal_not_a_pass() throws Exception {
        for (Control control : List.of(Control.MFA, Control.APPROVAL, Control.OPERATORAPPROVAL)) {
            world.engine.answers.clear();
            world.engine.answers.add(pending(control, Control.JUSTIFY));
            assertThat(refusal(world.sudo("id")).code()).startsWith("control:");
        }
        assertThat(world.log.grants).isEmpty();
    }

    @Test
    void a_condition_that_sudo_cant_carry_is_a_refusal_not_dropped() throws Exception {
        world.engine.answers.add(limited(15));
        assertThat(refusal(world.sudo("id")).message()).contains("time limit");
        assertThat(world.log.grants).isEmpty();
    }

    @Test
    void a_grant_lasts_no_longer_than_sudo_itself_lets_the_command_run() throws Exception {
        world.engine.answers.add(allow(600));
        Grants grants = world.grants();
        world.launch(grants).decide(world.sudo("id"), world.person);
        assertThat(Duration.between(grants.list().get(0).from(), grants.list().get(0).to()))
                .isEqualTo(Duration.ofMinutes(60));
    }

    @Test
    void ab_92_after_a_crash_a_grant_whose_process_is_gone_is_ended_and_one_that_runs_is_kept()
            throws Exception {
        world.engine.answers.add(allow(60));
        world.launch(world.grants()).decide(world.sudo("id"), world.person);
        Grants kept = world.grants();
        world.reconciler(kept).begin();
        assertThat(kept.list()).hasSize(1);
        world.allAlive = false;
        Grants gone = world.grants();
        world.reconciler(gone).begin();
        assertThat(gone.list()).isEmpty();
        assertThat(world.log.types()).last().isEqualTo("ELEVATION_ENDED");
    }

    @Test
    void ab_90_a_grant_of_another_boot_is_revoked() throws Exception {
        world.engine.answers.add(allow(60));
        world.launch(world.grants()).decide(world.sudo("id"), world.person);
        world.bootId = "boot-2";
        Grants after = world.grants();
        world.reconciler(after).begin();
        assertThat(after.list()).isEmpty();
        assertThat(world.log.types()).last().isEqualTo("GRANT_REVOKED");
    }

    @Test
    void nobody_gets_round_a_deny_or_a_control_by_an_option_of_their_own_choice() throws Exception {
        world.people.groups = List.of("alice", "sudo");
        LaunchRequest optioned =
                world.sudo("id").like().options(List.of("preserve_groups=true")).build();
        world.engine.answers.add(new Decision.Deny(List.of(Reason.of(Reason.POLICY, "never"))));
        assertThat(refusal(optioned).code()).isEqualTo(Reason.POLICY);
        world.engine.answers.clear();
        world.engine.answers.add(pending(Control.JUSTIFY));
        assertThat(refusal(optioned).code()).isEqualTo(Reason.POLICY);
        world.engine.answers.clear();
        world.engine.answers.add(unmatched());
        assertThat(world.launch(world.grants()).decide(optioned, world.person))
                .isInstanceOf(LaunchAnswer.OwnRight.class);
    }

    @Test
    void what_a_guard_leaves_to_others_is_not_what_a_policy_binds() throws Exception {
        world.people.groups = List.of("alice", "sudo");
        Decision guard =
                new Decision.Deny(List.of(Reason.of("guard:unsafe-target", "others can write it")));
        for (Decision binding :
                List.of(
                        pending(Control.MFA),
                        new Decision.Deny(List.of(Reason.of(Reason.POLICY, "never"))),
                        limited(15))) {
            world.engine.answers.clear();
            world.engine.answers.addAll(List.of(guard, binding));
            assertThat(refusal(world.sudo("id")).code()).isEqualTo(Reason.POLICY);
        }
        for (Decision free : List.of(allow(60), unmatched(), guard)) {
            world.engine.answers.clear();
            world.engine.answers.addAll(List.of(guard, free));
            assertThat(world.launch(world.grants()).decide(world.sudo("id"), world.person))
                    .isInstanceOf(LaunchAnswer.OwnRight.class);
        }
        assertThat(world.engine.asked).last().matches(asked -> asked.target().unsafe().isEmpty());
    }

    @Test
    void where_what_no_policy_covers_is_denied_to_all_an_odd_option_is_no_way_to_it()
            throws Exception {
        world.people.groups = List.of("alice", "sudo");
        world.unmatchedForOthers = false;
        world.engine.answers.add(unmatched());
        LaunchRequest odd = world.sudo("id").like().options(List.of("set_home=true")).build();
        assertThat(refusal(odd).code()).isEqualTo(Reason.POLICY);
        assertThat(refusal(world.sudo("id")).code()).isEqualTo(Reason.UNMATCHED);
    }

    @Test
    void ab_106_a_full_disk_takes_no_right_of_others_and_frees_nobody_from_a_policy()
            throws Exception {
        world.people.groups = List.of("alice", "sudo");
        world.log.broken = true;
        world.engine.answers.add(unmatched());
        assertThat(world.launch(world.grants()).decide(world.sudo("id"), world.person))
                .isInstanceOf(LaunchAnswer.OwnRight.class);
        for (Decision binding :
                List.of(
                        pending(Control.JUSTIFY),
                        new Decision.Deny(List.of(Reason.of(Reason.POLICY, "never"))))) {
            world.engine.answers.clear();
            world.engine.answers.add(binding);
            assertThat(refusal(world.sudo("id")).code()).isEqualTo(Launch.NO_RECORD);
        }
    }

    @Test
    void a_condition_that_cant_be_carried_is_a_refusal_for_users_with_rights_of_their_own_too()
            throws Exception {
        world.people.groups = List.of("alice", "sudo");
        world.engine.answers.add(limited(240));
        assertThat(refusal(world.sudo("id")).code()).isEqualTo("condition");
    }

    @Test
    void root_is_never_held_up_by_policy() throws Exception {
        world.engine.answers.add(unmatched());
        LaunchRequest root =
                world.sudo("id").like().user("root", 0).tty("").canPrompt(false).build();
        assertThat(world.launch(world.grants()).decide(root, world.person))
                .isInstanceOf(LaunchAnswer.OwnRight.class);
    }

    private LaunchAnswer.Refuse refusal(LaunchRequest request) throws Exception {
        LaunchAnswer answer = world.launch(world.grants()).decide(request, world.person);
        assertThat(answer).isInstanceOf(LaunchAnswer.Refuse.class);
        return (LaunchAnswer.Refuse) answer;
    }

    private static Decision allow(long minutes, String... notices) {
        return new Decision.Allow(
                FakeWorld.conditions(
                        "root", List.of("id"), Duration.ofMinutes(minutes), List.of(notices)),
                List.of(
                        new Reason(
                                Reason.POLICY,
                                "allowed",
                                Optional.of(new PolicyRef("P1", "ok", 1)),
                                List.of(),
                                true)));
    }

    /** An allow that states its own time. */
    private static Decision limited(long minutes) {
        Conditions c = FakeWorld.conditions("root", List.of("id"), Duration.ofMinutes(minutes));
        Conditions limited =
                new Conditions(
                        c.runAs(),
                        c.argv(),
                        c.validFor(),
                        true,
                        c.keepEnv(),
                        10,
                        false,
                        false,
                        false,
                        false,
                        false,
                        false,
                        false,
                        List.of(),
                        List.of());
        return new Decision.Allow(limited, List.of(Reason.of(Reason.POLICY, "ok")));
    }

    private static Decision pending(Control... controls) {
        return new Decision.Pending(
                List.of(controls),
                FakeWorld.conditions("root", List.of("id"), Duration.ofMinutes(60)),
                List.of(Reason.of(Reason.POLICY, "asks first")));
    }

    private static Decision unmatched() {
        return new Decision.Deny(List.of(Reason.of(Reason.UNMATCHED, "no policy matches")));
    }
}
