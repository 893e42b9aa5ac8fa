package io.kepm.policy;

import static io.kepm.policy.TestSet.allow;
import static io.kepm.policy.TestSet.commands;
import static io.kepm.policy.TestSet.policy;
import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.policy.Conditions;
import io.kepm.api.policy.Control;
import io.kepm.api.policy.Decision;
import io.kepm.api.policy.Evaluation;
import io.kepm.api.policy.PolicyRecords;
import io.kepm.api.policy.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EvaluatorTest {

    private static final Ask ID = Ask.command("/usr/bin/id");
    private static final String ANY = "'ApplicationCheck':['*']";

    @Test
    void a_request_that_no_policy_matches_is_denied() {
        Decision decision = TestSet.of().decide(ID);
        assertThat(decision.outcome()).isEqualTo("DENY");
        assertThat(decision.reasons()).extracting(Reason::code).containsExactly("unmatched");
    }

    @Test
    void unmatched_os_is_not_governed_rather_than_allowed() {
        TestSet set =
                TestSet.of().with(new EngineSettings(false, true, Set.of(), "/opt/keeper/sbin"));
        assertThat(set.outcome(ID)).isEqualTo("NOT_GOVERNED");
    }

    @Test
    void an_allow_carries_its_conditions_and_names_its_policy_filter_by_filter() {
        TestSet set =
                TestSet.of(
                        allow(
                                "p1",
                                "'PolicyVersion':3,'ApplicationCheck':['/usr/bin/id'],'Extension':"
                                        + "{'DurationMinutes':15,'KeepEnv':['LANG'],'NoExec':true}"));
        Decision.Allow allow = (Decision.Allow) set.decide(Ask.command("/usr/bin/id", "-u"));
        Conditions conditions = allow.conditions();
        assertThat(conditions.runAs()).isEqualTo("root");
        assertThat(conditions.argv()).containsExactly("id", "-u");
        assertThat(conditions.validFor()).isEqualTo(Duration.ofMinutes(15));
        assertThat(conditions.timeLimited()).isTrue();
        assertThat(conditions.keepEnv()).containsExactly("LANG");
        assertThat(conditions.noExec()).isTrue();
        Reason reason = allow.reasons().get(0);
        assertThat(reason.text()).isEqualTo("policy `Policy p1` (p1, version 3) allows it");
        assertThat(reason.filters())
                .extracting(Reason.FilterVerdict::filter, Reason.FilterVerdict::detail)
                .contains(
                        org.assertj.core.groups.Tuple.tuple("UserCheck", "*"),
                        org.assertj.core.groups.Tuple.tuple("ApplicationCheck", "/usr/bin/id"));
    }

    @Test
    void ab_81_deny_wins_over_allow_and_is_named_alone() {
        TestSet set = TestSet.of(allow("a", ANY), policy("d", "'DENY'", ""));
        Decision decision = set.decide(ID);
        assertThat(decision.outcome()).isEqualTo("DENY");
        assertThat(decision.reasons())
                .extracting(r -> r.policy().orElseThrow().id())
                .containsExactly("d");
        assertThat(TestSet.of(policy("both", "'ALLOW','DENY'", ANY)).outcome(ID)).isEqualTo("DENY");
    }

    @Test
    void controls_of_all_matching_policies_add_up_in_their_order_and_approval_brings_justify() {
        TestSet set =
                TestSet.of(
                        policy("a", "'APPROVAL'", ""), policy("b", "'mfa'", ""), allow("c", ANY));
        Decision.Pending pending = (Decision.Pending) set.decide(ID);
        assertThat(pending.controls())
                .containsExactly(Control.MFA, Control.JUSTIFY, Control.APPROVAL);
        assertThat(pending.reasons())
                .extracting(r -> r.policy().orElseThrow().id())
                .containsExactly("a", "b");
    }

    @Test
    void several_policies_bind_by_the_strictest_of_each_condition() {
        TestSet set =
                TestSet.of(
                        policy(
                                "a",
                                "'JUSTIFY','RECORD'",
                                "'Extension':{'DurationMinutes':90,'JustifyMinLength':20,"
                                        + "'KeepEnv':['LANG','TERM'],'AllowProtected':true}"),
                        allow("b", ANY + ",'Extension':{'KeepEnv':['TERM'],'BindCwd':true}"));
        Conditions merged = ((Decision.Pending) set.decide(ID)).conditions();
        assertThat(merged.validFor()).isEqualTo(Duration.ofMinutes(60));
        assertThat(merged.justifyMinLength()).isEqualTo(20);
        assertThat(merged.keepEnv()).containsExactly("TERM");
        assertThat(merged.allowProtected()).isFalse();
        assertThat(merged.bindCwd()).isTrue();
        assertThat(merged.record()).isTrue();
    }

    @Test
    void several_approval_blocks_all_stay_with_the_smallest_minutes_and_uses() {
        TestSet set =
                TestSet.of(
                        policy(
                                "a",
                                "'APPROVAL'",
                                "'Approval':{'Approvers':['bob'],'PendingMinutes':10,'Uses':0}"),
                        policy(
                                "b",
                                "'APPROVAL'",
                                "'Approval':{'Approvers':['%leads'],'RequiredApprovers':2,'Uses':5}"),
                        policy("c", "'MFA'", "'Approval':{'PendingMinutes':1}"));
        List<Conditions.Approval> approvals =
                ((Decision.Pending) set.decide(ID)).conditions().approvals();
        assertThat(approvals).extracting(a -> a.policy().id()).containsExactly("a", "b");
        assertThat(approvals).extracting(Conditions.Approval::pendingMinutes).containsOnly(10);
        assertThat(approvals).extracting(Conditions.Approval::uses).containsOnly(5);
    }

    @Test
    void an_allow_by_digest_is_bound_to_the_digest_and_one_by_path_is_not() {
        String hex = "ab".repeat(32);
        TestSet set =
                TestSet.of(allow("p", "'ApplicationCheck':['sha256:" + hex + "','/usr/bin/id']"));
        Decision.Allow other =
                (Decision.Allow) set.decide(Ask.command("/usr/bin/other").digest(hex));
        assertThat(other.conditions().digestBound()).isTrue();
        assertThat(((Decision.Allow) set.decide(ID.digest(hex))).conditions().digestBound())
                .isFalse();
        assertThat(set.outcome(Ask.command("/usr/bin/other"))).isEqualTo("DENY");
    }

    @Test
    void monitor_policies_never_change_the_outcome_and_are_recorded_with_their_own() {
        TestSet set =
                TestSet.of(
                        allow("a", ANY),
                        policy(
                                        "m",
                                        "'DENY'",
                                        "'NotificationMessage':'hm','NotificationRequiresAcknowledge':true")
                                .replace("enforce", "monitor_and_notify"),
                        policy("n", "", "").replace("enforce", "monitor"),
                        policy("o", "'DENY'", "").replace("enforce", "off"));
        Evaluation evaluation = set.ask(ID);
        assertThat(evaluation.decision().outcome()).isEqualTo("ALLOW");
        assertThat(evaluation.wouldHave())
                .extracting(w -> w.policy().id() + " " + w.outcome() + " " + w.noticeUser())
                .containsExactly("m DENY true", "n ALLOW false");
        assertThat(evaluation.wouldHave())
                .extracting(Evaluation.WouldHave::acknowledge)
                .containsExactly(true, false);
    }

    @Test
    void administrators_are_governed_like_everyone_unless_the_setting_says_otherwise() {
        TestSet set = TestSet.of(policy("d", "'DENY'", ""));
        Ask admin = ID.by("carol", "sudo");
        assertThat(set.outcome(admin)).isEqualTo("DENY");
        TestSet lenient =
                set.with(new EngineSettings(true, false, Set.of("sudo"), "/opt/keeper/sbin"));
        Evaluation evaluation = lenient.ask(admin);
        assertThat(evaluation.decision().outcome()).isEqualTo("NOT_GOVERNED");
        assertThat(evaluation.wouldHave()).extracting(w -> w.outcome()).containsExactly("DENY");
        assertThat(lenient.outcome(ID)).isEqualTo("DENY");
        assertThat(lenient.outcome(ID.uid(0))).isEqualTo("NOT_GOVERNED");
        assertThat(lenient.why(admin.cwd("tmp"))).isEqualTo("DENY guard:malformed");
    }

    @Test
    void run_as_defaults_to_root_for_policies_that_give_and_to_anybody_for_those_that_deny() {
        TestSet set =
                TestSet.of(
                        allow("a", ANY),
                        allow("b", ANY + ",'Extension':{'RunAs':['postgres']}"),
                        policy("d", "'DENY'", "'ApplicationCheck':['/usr/bin/rm']"));
        assertThat(set.outcome(ID)).isEqualTo("ALLOW");
        assertThat(set.outcome(ID.runAs("postgres"))).isEqualTo("ALLOW");
        assertThat(set.outcome(ID.runAs("bob"))).isEqualTo("DENY");
        assertThat(set.outcome(Ask.command("/usr/bin/rm").runAs("bob"))).isEqualTo("DENY");
    }

    @Test
    void denied_commands_deny_by_prefix_as_anybody_and_the_rest_is_allowed_as_root_only() {
        TestSet set =
                TestSet.of(allow("a", ANY + ",'Extension':{'DenyCommands':['/usr/bin/git push']}"));
        assertThat(set.outcome(Ask.command("/usr/bin/git", "pull"))).isEqualTo("ALLOW");
        assertThat(set.outcome(Ask.command("/usr/bin/git", "push"))).isEqualTo("DENY");
        Ask push = Ask.command("/usr/bin/git", "push", "-f");
        assertThat(set.why(push)).isEqualTo("DENY");
        assertThat(set.why(push.runAs("bob"))).isEqualTo("DENY");
        assertThat(set.why(Ask.command("/usr/bin/git", "pull").runAs("bob")))
                .isEqualTo("DENY unmatched");
    }

    @Test
    void a_policy_with_nothing_but_denied_commands_matches_only_those() {
        TestSet set =
                TestSet.of(
                        allow("a", ANY),
                        policy("d", "", "'Extension':{'DenyCommands':['git push']}"));
        assertThat(set.outcome(Ask.command("/usr/bin/git", "pull"))).isEqualTo("ALLOW");
        assertThat(set.outcome(Ask.command("/opt/x/git", "push"))).isEqualTo("DENY");
    }

    @Test
    void ab_03_extra_arguments_never_slip_through() {
        TestSet set = TestSet.of(allow("a", commands("/usr/bin/cat", "{'PathUnder':'/var/log'}")));
        assertThat(set.outcome(Ask.command("/usr/bin/cat", "/var/log/syslog"))).isEqualTo("ALLOW");
        assertThat(set.outcome(Ask.command("/usr/bin/cat", "/var/log/syslog", "/etc/shadow")))
                .isEqualTo("DENY");
        Ask joined = Ask.command("/usr/bin/cat", "/var/log/syslog /etc/shadow");
        assertThat(set.outcome(joined.argvReal(List.of(Optional.empty())))).isEqualTo("DENY");
        assertThat(set.outcome(Ask.command("/usr/bin/cat"))).isEqualTo("DENY");
        TestSet line =
                TestSet.of(
                        allow(
                                "a",
                                "'Extension':{'AllowCommands':['/usr/bin/systemctl restart x']}"));
        assertThat(line.outcome(Ask.command("/usr/bin/systemctl", "restart", "x")))
                .isEqualTo("ALLOW");
        assertThat(line.outcome(Ask.command("/usr/bin/systemctl", "restart", "x", "y")))
                .isEqualTo("DENY");
        assertThat(line.outcome(Ask.command("/usr/bin/systemctl", "restart x"))).isEqualTo("DENY");
    }

    @Test
    void ab_04_options_dots_and_swappable_links_never_match_a_path_slot() {
        TestSet set = TestSet.of(allow("a", commands("/usr/bin/tar", "{'PathUnder':'/srv/in'}")));
        for (String hostile :
                List.of(
                        "--checkpoint-action=exec=sh",
                        "-rf",
                        "/srv/in/../../etc/shadow",
                        "/srv/in/./a",
                        "/srv/in//a",
                        "/srv/in/",
                        "/srv/in",
                        "/srv/input",
                        "srv/in/a",
                        "")) {
            assertThat(set.outcome(Ask.command("/usr/bin/tar", hostile)))
                    .as(hostile)
                    .isEqualTo("DENY");
        }
        Ask plain = Ask.command("/usr/bin/tar", "/srv/in/a");
        assertThat(set.outcome(plain)).isEqualTo("ALLOW");
        assertThat(set.outcome(plain.argvReal(List.of()))).isEqualTo("DENY");
        assertThat(set.outcome(plain.argvReal(List.of(Optional.empty())))).isEqualTo("DENY");
        assertThat(set.outcome(plain.argvReal(List.of(Optional.of("/etc/shadow")))))
                .isEqualTo("DENY");
        TestSet word = TestSet.of(allow("a", commands("/usr/bin/kubectl", "{'Word':true}")));
        for (String hostile : List.of("-f", "a/b", ".", "..", "", "a b", "a\u00a0b", "a\nb")) {
            assertThat(word.outcome(Ask.command("/usr/bin/kubectl", hostile)))
                    .as(hostile)
                    .isEqualTo("DENY");
        }
    }

    @Test
    void ab_18_a_denied_program_is_denied_by_its_bytes_whatever_it_is_called() {
        String sha256 = "ab".repeat(32);
        TestSet set =
                TestSet.of(
                        TestSet.allow("all", "'ApplicationCheck':['*']"),
                        TestSet.policy(
                                "never", "'DENY'", "'ApplicationCheck':['sha256:" + sha256 + "']"));
        for (String path :
                List.of("/usr/bin/nmap", "/home/alice/nmap", "/tmp/ls", "/srv/hard-link")) {
            assertThat(set.outcome(Ask.command(path).digest(sha256))).as(path).isEqualTo("DENY");
            assertThat(set.outcome(Ask.command(path).digest("cd".repeat(32)))).isEqualTo("ALLOW");
            assertThat(set.outcome(Ask.command(path))).as("bytes not known").isEqualTo("DENY");
        }
    }

    @Test
    void ab_18_a_copy_a_link_or_the_loader_gets_nothing_by_the_path_of_a_program() {
        TestSet set = TestSet.of(TestSet.allow("p", "'ApplicationCheck':['/usr/bin/id']"));
        assertThat(set.outcome(Ask.command("/usr/bin/id"))).isEqualTo("ALLOW");
        for (Ask ask :
                List.of(
                        Ask.command("/home/alice/id"),
                        Ask.command("/home/alice/bin/usr/bin/id"),
                        Ask.command("/usr/bin/id2"),
                        Ask.command("/home/alice/other").real("/usr/bin/id"),
                        Ask.command("/lib64/ld-linux-x86-64.so.2", "/usr/bin/id"))) {
            assertThat(set.outcome(ask)).as(ask.toString()).isEqualTo("DENY");
        }
    }

    @Test
    void a_domain_has_no_case_and_a_user_of_it_has() {
        TestSet set =
                TestSet.of(
                        TestSet.allow("p", "'ApplicationCheck':['*']")
                                .replace("['*'],'App", "['CORP\\\\alice'],'App"));
        Ask ask = Ask.command("/usr/bin/id");
        assertThat(set.outcome(ask.by("alice").domain("corp"))).isEqualTo("ALLOW");
        assertThat(set.outcome(ask.by("alice").domain("Corp"))).isEqualTo("ALLOW");
        assertThat(set.outcome(ask.by("Alice").domain("corp"))).isEqualTo("DENY");
        assertThat(set.outcome(ask.by("alice").domain("corp2"))).isEqualTo("DENY");
        assertThat(set.outcome(ask.by("alice"))).isEqualTo("DENY");
    }

    @Test
    void a_user_of_a_domain_is_also_known_by_the_name_that_the_machine_gives_it() {
        TestSet set =
                TestSet.of(
                        allow("all", ANY),
                        policy("d", "'DENY'", ANY)
                                .replace(
                                        "'UserCheck':['*']",
                                        "'UserCheck':['CORP\\\\alice','bob@corp.example']"));
        assertThat(set.outcome(ID.by("CORP\\alice"))).isEqualTo("DENY");
        assertThat(set.outcome(ID.by("corp\\alice"))).isEqualTo("DENY");
        assertThat(set.outcome(ID.by("bob@CORP.example"))).isEqualTo("DENY");
        assertThat(set.outcome(ID.by("CORP\\Alice"))).isNotEqualTo("DENY");
        assertThat(set.outcome(ID.by("Bob@corp.example"))).isNotEqualTo("DENY");
        assertThat(set.outcome(ID.by("bob@corp.example"))).isEqualTo("DENY");
        assertThat(set.outcome(ID.by("alice"))).isEqualTo("ALLOW");
        assertThat(set.outcome(ID.by("bob"))).isEqualTo("ALLOW");
    }

    @Test
    void a_notice_is_to_be_confirmed_where_a_policy_that_notifies_says_so() {
        String notice = ",'NotificationMessage':'m','NotificationRequiresAcknowledge':true";
        for (String status : List.of("monitor", "monitor_and_notify")) {
            String watching =
                    policy("w", "'DENY'", ANY + notice).replace("'enforce'", "'" + status + "'");
            assertThat(TestSet.of(watching).ask(ID).wouldHave())
                    .singleElement()
                    .satisfies(
                            would ->
                                    assertThat(would.acknowledge())
                                            .isEqualTo(status.equals("monitor_and_notify")));
        }
    }

    @Test
    void who_decides_may_speak_and_have_it_confirmed_and_nobody_else() {
        String notice = "'NotificationMessage':'%s','NotificationRequiresAcknowledge':%s";
        TestSet set =
                TestSet.of(
                        policy("a", "'ALLOW','NOTIFY'", ANY + "," + notice.formatted("a", true)),
                        policy("b", "'ALLOW','NOTIFY'", ANY + "," + notice.formatted("b", false)),
                        policy("c", "'ALLOW'", ANY + "," + notice.formatted("c", true)),
                        policy("d", "'ALLOW','NOTIFY'", ANY + "," + notice.formatted(" ", true)),
                        policy(
                                "n",
                                "'DENY','NOTIFY'",
                                "'ApplicationCheck':['/usr/bin/dd'],"
                                        + notice.formatted("n", true)));
        assertThat(set.ask(ID).notices())
                .extracting(one -> one.policy().id() + one.message() + one.acknowledge())
                .containsExactly("aatrue", "bbfalse");
        assertThat(set.ask(Ask.command("/usr/bin/dd")).notices())
                .extracting(Evaluation.Notice::message)
                .containsExactly("n");
        assertThat(set.ask(ID.cwd("tmp")).notices()).isEmpty();
    }

    @Test
    void the_highest_risk_of_the_deciding_policies_is_reported() {
        TestSet set =
                TestSet.of(
                        allow("a", ANY + ",'RiskLevel':20"),
                        allow("b", ANY + ",'RiskLevel':null"),
                        allow("c", ANY + ",'RiskLevel':70"),
                        policy("d", "'DENY'", "'ApplicationCheck':['/usr/bin/dd']"));
        assertThat(Reason.risk(set.decide(ID).reasons())).hasValue(70);
        assertThat(Reason.risk(set.decide(Ask.command("/usr/bin/dd")).reasons())).hasValue(50);
        assertThat(Reason.risk(set.decide(ID.runAs("bob")).reasons())).isEmpty();
        assertThat(PolicyRecords.evaluation(ID.request(), set.ask(ID)).details().get("risk_level"))
                .isEqualTo("70");
    }

    @Test
    void an_empty_domain_is_none() {
        TestSet set =
                TestSet.of(
                        allow("all", ANY),
                        policy("d", "'DENY'", ANY)
                                .replace("'UserCheck':['*']", "'UserCheck':['alice']"));
        assertThat(set.outcome(ID.by("alice").domain(""))).isEqualTo("DENY");
        assertThat(set.outcome(ID.by("alice").domain("corp"))).isEqualTo("ALLOW");
    }

    @Test
    void ab_38_membership_in_a_group_is_what_the_request_says_now() {
        TestSet set =
                TestSet.of(allow("a", ANY).replace("'UserCheck':['*']", "'UserCheck':['%dev']"));
        assertThat(set.outcome(ID.by("alice", "dev"))).isEqualTo("ALLOW");
        assertThat(set.outcome(ID.by("alice", "staff"))).isEqualTo("DENY");
    }

    @Test
    void ab_85_the_value_of_a_variable_is_never_parsed_again() {
        TestSet set =
                TestSet.of(allow("a", "'ApplicationCheck':['/srv/{username}/run','{home}/bin/*']"));
        assertThat(set.outcome(Ask.command("/srv/alice/run"))).isEqualTo("ALLOW");
        assertThat(set.outcome(Ask.command("/home/alice/bin/x"))).isEqualTo("ALLOW");
        Ask star = Ask.command("/srv/alice/run").by("*");
        assertThat(set.outcome(star)).isEqualTo("DENY");
        Ask hostile = Ask.command("/etc/bin/x").home(Optional.of("/*"));
        assertThat(set.outcome(hostile)).isEqualTo("DENY");
        assertThat(set.outcome(Ask.command("/etc/bin/x").home(Optional.of("/home/../etc"))))
                .isEqualTo("DENY");
        assertThat(set.outcome(Ask.command("/bin/x").home(Optional.empty()))).isEqualTo("DENY");
    }

    @Test
    void ab_85_a_missing_value_makes_an_allow_match_nothing_and_a_deny_match_everything() {
        Ask homeless = Ask.command("/usr/bin/id").home(Optional.empty());
        assertThat(TestSet.of(allow("a", "'ApplicationCheck':['{home}/x']")).why(homeless))
                .isEqualTo("DENY unmatched");
        TestSet deny =
                TestSet.of(
                        allow("a", ANY), policy("d", "'DENY'", "'ApplicationCheck':['{home}/x']"));
        assertThat(deny.outcome(homeless)).isEqualTo("DENY");
        assertThat(deny.outcome(ID)).isEqualTo("ALLOW");
        TestSet line =
                TestSet.of(
                        allow("a", ANY),
                        policy("d", "", "'Extension':{'DenyCommands':['{home}/x']}"));
        assertThat(line.outcome(homeless)).isEqualTo("DENY");
        assertThat(line.outcome(ID)).isEqualTo("ALLOW");
    }

    @Test
    void ab_101_a_refusal_says_the_same_whether_or_not_such_a_policy_exists() {
        String others =
                allow("a", "'ApplicationCheck':['/usr/bin/secret']").replace("['*']", "['bob']");
        Decision known = TestSet.of(others).decide(Ask.command("/usr/bin/secret"));
        Decision unknown = TestSet.of().decide(Ask.command("/usr/bin/nothing"));
        assertThat(known).isEqualTo(unknown);
    }

    @Test
    void elevation_requests_never_look_at_file_policies_nor_the_other_way_round() {
        TestSet set =
                TestSet.of(
                        policy("f", "'DENY'", "").replace("CommandLine", "FileAccess"),
                        allow("p", ANY).replace("CommandLine", "PrivilegeElevation"));
        assertThat(set.outcome(ID)).isEqualTo("ALLOW");
        assertThat(set.outcome(ID.type("PrivilegeElevation"))).isEqualTo("ALLOW");
        assertThat(set.outcome(ID.type("AgenticPrivilegeElevation"))).isEqualTo("ALLOW");
        assertThat(set.outcome(ID.type("FileAccess"))).isEqualTo("DENY");
        assertThat(set.outcome(ID.type("AgenticAI"))).isEqualTo("NOT_GOVERNED");
        assertThat(TestSet.of(allow("c", ANY)).why(ID.type("PrivilegeElevation")))
                .isEqualTo("DENY unmatched");
    }

    @Test
    void urls_are_compared_in_their_normal_form_by_whole_segments() {
        TestSet set =
                TestSet.of(
                        allow("h", "'Extension':{'Urls':['https://*.example.org/api']}")
                                .replace("CommandLine", "HttpAccess"));
        Ask http = ID.type("HttpAccess");
        assertThat(set.outcome(http.url("HTTPS://a.Example.org:443/x/../%61pi/v1?q=1")))
                .isEqualTo("ALLOW");
        assertThat(set.outcome(http.url("https://a.example.org/apis"))).isEqualTo("DENY");
        assertThat(set.outcome(http.url("https://example.org/api"))).isEqualTo("DENY");
        assertThat(set.outcome(http.url("https://a.example.org:8443/api"))).isEqualTo("DENY");
        assertThat(set.outcome(http.url("https://a.example.org.evil.com/api"))).isEqualTo("DENY");
        assertThat(set.why(http.url("https://u@a.example.org/api")))
                .isEqualTo("DENY guard:malformed");
        assertThat(set.why(http)).isEqualTo("DENY guard:malformed");
    }

    @Test
    void ab_15_two_spellings_of_a_letter_are_two_addresses_and_half_a_character_is_none() {
        TestSet set =
                TestSet.of(
                        allow("h", "'Extension':{'Urls':['https://a.example/caf\u00e9']}")
                                .replace("CommandLine", "HttpAccess"));
        Ask http = ID.type("HttpAccess");
        assertThat(set.outcome(http.url("https://a.example/caf\u00e9/x"))).isEqualTo("ALLOW");
        assertThat(set.outcome(http.url("https://a.example/caf%c3%a9"))).isEqualTo("ALLOW");
        assertThat(set.outcome(http.url("https://a.example/cafe\u0301"))).isEqualTo("DENY");
        assertThat(set.why(http.url("https://a.example/caf\ud83d")))
                .isEqualTo("DENY guard:malformed");
    }

    @Test
    void a_star_stands_for_labels_in_front_of_the_host_only() {
        TestSet set =
                TestSet.of(
                        allow("h", "'Extension':{'Urls':['https://a.example/x://*.y']}")
                                .replace("CommandLine", "HttpAccess"));
        Ask http = ID.type("HttpAccess");
        assertThat(set.outcome(http.url("https://a.example/x://*.y"))).isEqualTo("ALLOW");
        assertThat(set.outcome(http.url("https://b.a.example/x://y"))).isEqualTo("DENY");
    }

    @Test
    void without_a_digest_of_the_target_denied_commands_that_are_tied_to_one_are_denied() {
        String denied =
                "'ApplicationCheck':['sha256:"
                        + "ab".repeat(32)
                        + "'],'Extension':{'DenyCommands':['/usr/bin/id -Z','/usr/bin/*']}";
        TestSet set = TestSet.of(allow("a", ANY), policy("d", "", denied));
        assertThat(set.outcome(Ask.command("/usr/bin/id", "-Z"))).isEqualTo("DENY");
        assertThat(set.outcome(Ask.command("/usr/bin/id", "-Z").digest(""))).isEqualTo("DENY");
        assertThat(set.outcome(Ask.command("/usr/bin/id", "-Z").digest("ab".repeat(32))))
                .isEqualTo("DENY");
        assertThat(set.outcome(Ask.command("/usr/bin/id", "-Z").digest("cd".repeat(32))))
                .isEqualTo("ALLOW");
        assertThat(set.outcome(Ask.command("/usr/sbin/reboot"))).isEqualTo("ALLOW");
    }

    @Test
    void many_policies_for_one_program_are_told_apart_by_who_asks() {
        String[] policies = new String[30];
        for (int i = 0; i < policies.length; i++) {
            String who =
                    List.of("'user" + i + "'", "'%group" + i + "'", "'uid:" + (5000 + i) + "'")
                            .get(i % 3);
            policies[i] =
                    TestSet.allow("p" + i, TestSet.commands("/usr/bin/systemctl", "'reload','x'"))
                            .replace("'UserCheck':['*']", "'UserCheck':[" + who + "]");
        }
        TestSet set = TestSet.of(policies);
        Ask ask = Ask.command("/usr/bin/systemctl", "reload", "x");
        assertThat(deciding(set, ask.by("user3"))).containsExactly("p3");
        assertThat(deciding(set, ask.by("somebody", "group4"))).containsExactly("p4");
        assertThat(deciding(set, ask.by("somebody").uid(5005))).containsExactly("p5");
        assertThat(deciding(set, ask.by("user6", "group7").uid(5008)))
                .containsExactly("p6", "p7", "p8");
        assertThat(set.outcome(ask.by("user4", "group5"))).isEqualTo("DENY");
        assertThat(set.outcome(Ask.command("/usr/bin/systemctl", "reload", "y").by("user3")))
                .isEqualTo("DENY");
    }

    private static List<String> deciding(TestSet set, Ask ask) {
        return set.decide(ask).reasons().stream().map(r -> r.policy().orElseThrow().id()).toList();
    }
}
