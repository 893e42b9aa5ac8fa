package io.kepm.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LinterTest {

    /** What is said of policies, without what depends on the machine of the test. */
    private static List<String> warnings(String... policies) {
        Faults faults = new Faults();
        List<PolicyDocument> documents = PolicyLoader.documents(TestSet.texts(policies), faults);
        assertThat(faults.list()).isEmpty();
        return new Linter()
                .look(documents).stream()
                        .filter(warning -> !warning.message().startsWith("a link"))
                        .map(warning -> warning.policyId() + ": " + warning.message())
                        .toList();
    }

    private static List<String> ofCommand(String path, String args) {
        return warnings(TestSet.allow("p", TestSet.commands(path, args)));
    }

    @Test
    void what_is_to_be_judged_inside_and_never_can_be_is_warned_of() {
        String inside = "'ApplicationCheck':['%s'],'Extension':{'Intercept':true%s}";
        assertThat(warnings(TestSet.allow("p", inside.formatted("/opt/a/run", "")))).isEmpty();
        assertThat(warnings(TestSet.allow("p", inside.formatted("/opt/*/run", ""))))
                .singleElement()
                .asString()
                .contains("no program is named by its whole path");
        assertThat(warnings(TestSet.allow("p", inside.formatted("/opt/a/run", ",'NoExec':true"))))
                .singleElement()
                .asString()
                .contains("can't carry KeepEnv, NoExec");
    }

    @Test
    void ab_04_a_deny_by_a_path_slot_is_warned_of_since_another_spelling_goes_round_it() {
        String under = TestSet.commands("/usr/bin/cat", "{'PathUnder':'/srv/secret'}");
        assertThat(warnings(TestSet.policy("p", "'DENY'", under)))
                .singleElement()
                .asString()
                .contains("`PathUnder` in a DENY");
        assertThat(warnings(TestSet.allow("p", under))).isEmpty();
    }

    // ------------------------------------------------------------------ programs

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/usr/bin/python3.11",
                "/usr/bin/perl5.36.0",
                "/bin/bash",
                "/bin/sh",
                "/usr/bin/ruby3.1",
                "/usr/bin/node",
                "/usr/bin/php8.2",
                "/usr/bin/lua5.4",
                "/usr/bin/awk",
                "/usr/bin/gawk"
            })
    void an_interpreter_with_free_arguments_is_warned_of(String path) {
        assertThat(warnings(TestSet.allow("p", "'ApplicationCheck':['" + path + "']")))
                .singleElement()
                .asString()
                .contains("runs whatever its arguments say");
        assertThat(ofCommand(path, "{'Rest':true}")).hasSize(1);
        assertThat(ofCommand(path, "'x',{'Any':true}")).hasSize(1);
        assertThat(ofCommand(path, "'x',{'Regex':'.*'}")).hasSize(1);
    }

    @Test
    void an_interpreter_without_a_script_is_warned_of_and_one_with_its_script_is_not() {
        assertThat(ofCommand("/bin/bash", "")).hasSize(1);
        assertThat(ofCommand("/bin/bash", "'-l'")).hasSize(1);
        assertThat(ofCommand("/usr/bin/python3", "{'Word':true}")).hasSize(1);
        assertThat(ofCommand("/usr/bin/python3", "'/opt/report/run.py'")).isEmpty();
        assertThat(ofCommand("/usr/bin/python3", "'-I','/opt/report/run.py','daily'")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/usr/bin/less",
                "/usr/bin/vim.tiny",
                "/usr/bin/nano",
                "/usr/bin/man",
                "/usr/bin/gdb",
                "/usr/bin/psql",
                "/usr/bin/tmux"
            })
    void ab_09_what_gives_a_shell_from_inside_is_warned_of_whatever_the_arguments(String path) {
        assertThat(ofCommand(path, "'/var/log/syslog'"))
                .singleElement()
                .asString()
                .contains("from inside");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/usr/bin/journalctl | '-u','x.service' | 1",
                "/usr/bin/journalctl | '--no-pager','-u','x.service' | 0",
                "/usr/bin/systemctl | 'restart','x.service' | 0",
                "/usr/bin/systemctl | 'status','x.service' | 1",
                "/usr/bin/systemctl | '--no-pager','status','x.service' | 0",
                "/usr/bin/systemctl | {'OneOf':['start','status']},'x.service' | 1",
                "/usr/bin/systemctl | {'Word':true},'x.service' | 1",
                "/usr/bin/systemctl | '' | 1"
            })
    void a_pager_is_warned_of_when_one_would_start(String path, String args, int warnings) {
        assertThat(ofCommand(path, args)).hasSize(warnings);
    }

    @Test
    void ab_09_a_pager_that_may_start_nothing_is_not_warned_of() {
        String commands = "'Commands':[{'Path':'/usr/bin/journalctl','Args':['-b']}]";
        assertThat(warnings(TestSet.allow("p", "'Extension':{" + commands + "}"))).hasSize(1);
        assertThat(warnings(TestSet.allow("p", "'Extension':{'NoExec':true," + commands + "}")))
                .isEmpty();
    }

    @Test
    void ab_18_a_rule_by_name_only_and_the_loader_are_warned_of() {
        assertThat(warnings(TestSet.policy("p", "'DENY'", "'ApplicationCheck':['nmap']")))
                .singleElement()
                .asString()
                .contains("compares the name only");
        assertThat(
                        warnings(
                                TestSet.allow(
                                        "p",
                                        "'ApplicationCheck':['*'],"
                                                + "'Extension':{'DenyCommands':['nmap']}")))
                .anyMatch(warning -> warning.contains("compares the name only"));
        assertThat(ofCommand("/lib64/ld-linux-x86-64.so.2", "{'Rest':true}"))
                .anyMatch(warning -> warning.contains("whatever its arguments say"));
    }

    @Test
    void writers_wrappers_and_package_managers_are_warned_of_with_free_arguments_only() {
        for (String name : List.of("tee", "dd", "env", "find", "tar", "apt-get", "docker", "cp")) {
            String path = "/usr/bin/" + name;
            assertThat(ofCommand(path, "{'Rest':true}")).as(name).hasSize(1);
            assertThat(ofCommand(path, "'a',{'OneOf':['b','c']}")).as(name).isEmpty();
        }
        assertThat(ofCommand("/usr/bin/sudoedit", "{'Any':true}")).hasSize(1);
        assertThat(ofCommand("/usr/bin/sudoedit", "'/etc/hosts'")).isEmpty();
    }

    @Test
    void a_pattern_that_covers_an_interpreter_is_warned_of() {
        assertThat(warnings(TestSet.allow("p", "'ApplicationCheck':['/usr/bin/*']")))
                .singleElement()
                .asString()
                .contains("covers `awk` too");
        assertThat(warnings(TestSet.allow("p", "'ApplicationCheck':['/usr/bin/per?']"))).hasSize(1);
        assertThat(warnings(TestSet.allow("p", "'ApplicationCheck':['/opt/tools/*']"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/usr/bin/python3*", "/usr/bin/vim.*", "/opt/*/bash"})
    void a_pattern_that_reads_like_a_risky_program_is_warned_of(String pattern) {
        assertThat(warnings(TestSet.allow("p", "'ApplicationCheck':['" + pattern + "']")))
                .hasSize(1);
    }

    @Test
    void a_policy_that_denies_is_not_warned_of_for_its_programs() {
        assertThat(
                        warnings(
                                TestSet.policy(
                                        "p",
                                        "'DENY'",
                                        "'ApplicationCheck':['/bin/bash','/usr/bin/vim']")))
                .isEmpty();
    }

    @Test
    void a_thumbprint_of_sha_1_is_warned_of_where_sudo_asks() {
        String sha1 =
                "'ApplicationCheck':['/opt/x'],'CertificationCheck':['" + "0a".repeat(20) + "']";
        String sha256 = sha1.replace("0a".repeat(20), "0A".repeat(32));
        assertThat(warnings(TestSet.allow("p", sha1)))
                .singleElement()
                .asString()
                .contains("is not known at sudo");
        assertThat(warnings(TestSet.allow("p", sha256))).isEmpty();
        assertThat(warnings(TestSet.allow("p", sha1).replace("CommandLine", "FileAccess")))
                .isEmpty();
    }

    @Test
    void the_list_of_programs_is_long_and_holds_each_once() {
        assertThat(RiskyPrograms.shipped().count()).isGreaterThanOrEqualTo(150);
        assertThatThrownBy(() -> RiskyPrograms.read(List.of("[inside]", "vi", "vi")))
                .hasMessageContaining("a second vi");
        assertThatThrownBy(() -> RiskyPrograms.read(List.of("vi")))
                .hasMessageContaining("no section");
    }

    // ------------------------------------------------------------------ reach

    private static final String GIVES =
            "'DayCheck':[1,2],'Extension':{'Commands':[{'Path':'/opt/deploy/run','Args':[{'OneOf':"
                    + "['a','b']}]}]}";

    private static List<String> behind(String deny) {
        return warnings(TestSet.allow("gives", GIVES).replace("['*']", "['%staff','alice']"), deny);
    }

    private static String deny(String users, String more) {
        return TestSet.policy("deny", "'DENY'", more)
                .replace("'UserCheck':['*']", "'UserCheck':" + users);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'ApplicationCheck':['/opt/**']",
                "'ApplicationCheck':['/opt/deploy/run']",
                "'ApplicationCheck':['/opt/*/run'],'DayCheck':[0,1,2]",
                "'Extension':{'Commands':[{'Path':'/opt/deploy/run','Args':[{'Rest':true}]}]}",
                "'Extension':{'Commands':[{'Path':'/opt/deploy/*','Args':[{'Any':true}]}]}",
                "'Extension':{'Commands':[{'Path':'/opt/deploy/run','Args':[{'Regex':'[a-c]'}]}]}",
                "'Extension':{'Commands':[{'Path':'/opt/deploy/run','Args':[{'OneOf':['b','a']}]}]}"
            })
    void a_policy_behind_a_wider_deny_never_has_a_say(String more) {
        String warning = "gives: never has a say: policy `deny` denies everything that it matches";
        assertThat(behind(deny("['alice','group:staff','bob']", more))).contains(warning);
        assertThat(behind(deny("[]", more))).contains(warning);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'ApplicationCheck':['/opt/other/**']",
                "'ApplicationCheck':['{home}/**']",
                "'ApplicationCheck':['/opt/**'],'DayCheck':[1]",
                "'ApplicationCheck':['/opt/**'],'TimeCheck':[{'StartTime':'8','EndTime':'18'}]",
                "'ApplicationCheck':['/opt/**'],'DateCheck':[{'StartDate':'2026-01-01'}]",
                "'ApplicationCheck':['/opt/**'],'MachineCheck':['ws-17']",
                "'ApplicationCheck':['/opt/**'],'Extension':{'RunAs':['postgres']}",
                "'ApplicationCheck':['/opt/**'],'Extension':{'Folders':['/opt/deploy']}",
                "'ApplicationCheck':['/opt/**'],'CertificationCheck':"
                        + "['abababababababababababababababababababab']",
                "'Extension':{'Commands':[{'Path':'/opt/deploy/run'}]}",
                "'Extension':{'Commands':[{'Path':'/opt/deploy/run','Args':['a']}]}",
                "'Extension':{'Commands':[{'Path':'/opt/deploy/run','Args':[{'Any':true},'x']}]}"
            })
    void a_policy_behind_a_narrower_deny_has_one(String more) {
        assertThat(behind(deny("[]", more))).noneMatch(text -> text.startsWith("gives"));
    }

    @Test
    void a_deny_for_some_of_the_users_leaves_the_others() {
        String all = "'ApplicationCheck':['/opt/**']";
        assertThat(behind(deny("['alice']", all))).isEmpty();
        assertThat(behind(deny("['%staff']", all))).isEmpty();
    }

    @Test
    void only_policies_in_force_are_behind_or_in_front() {
        String off = deny("[]", "'ApplicationCheck':['/opt/**']").replace("enforce", "monitor");
        assertThat(behind(off)).isEmpty();
        assertThat(
                        warnings(
                                TestSet.allow("gives", GIVES).replace("enforce", "monitor"),
                                deny("[]", "'ApplicationCheck':['/opt/**']")))
                .isEmpty();
    }

    @Test
    void the_type_counts() {
        String deny = deny("[]", "'ApplicationCheck':['/opt/**']");
        assertThat(behind(deny.replace("CommandLine", "PrivilegeElevation"))).hasSize(1);
        assertThat(behind(deny.replace("CommandLine", "FileAccess"))).isEmpty();
        assertThat(behind(deny.replace("CommandLine", "AgenticPrivilegeElevation"))).isEmpty();
    }

    @Test
    void denied_commands_stand_in_front_too() {
        String denies =
                TestSet.policy("deny", "", "'Extension':{'DenyCommands':['/opt/deploy/run']}");
        assertThat(behind(denies)).hasSize(1);
        assertThat(behind(denies.replace("deploy/run", "deploy/run a"))).isEmpty();
    }

    @Test
    void two_policies_that_deny_the_same_are_not_warned_of() {
        assertThat(
                        warnings(
                                deny("['bob']", "'ApplicationCheck':['/opt/a']"),
                                deny("['bob']", "'ApplicationCheck':['/opt/a']")
                                        .replace("'deny'", "'again'")))
                .isEmpty();
    }

    @Test
    void files_and_addresses_have_their_reach_too() {
        String file = "'PolicyType':'FileAccess'";
        String gives =
                TestSet.allow("gives", "'Extension':{'Paths':['/etc/hosts'],'Access':'read'}")
                        .replace("'PolicyType':'CommandLine'", file);
        String deny =
                deny("[]", "'Extension':{'Paths':['/etc/*']}")
                        .replace("'PolicyType':'CommandLine'", file);
        assertThat(warnings(gives, deny)).hasSize(1);
        assertThat(warnings(gives, deny.replace("['/etc/*']", "['/etc/*'],'Access':'write'")))
                .isEmpty();
    }

    @Test
    void a_set_too_large_to_look_through_says_so() {
        PolicyDocument gives = TestSet.load(TestSet.allow("a", GIVES)).policies().get(0);
        PolicyDocument deny =
                TestSet.load(deny("['x']", "'ApplicationCheck':['/x']")).policies().get(0);
        List<PolicyDocument> many = new java.util.ArrayList<>();
        many.addAll(java.util.Collections.nCopies(3000, gives));
        many.addAll(java.util.Collections.nCopies(3000, deny));
        assertThat(new Reach(many).look())
                .singleElement()
                .extracting(Fault::message)
                .asString()
                .contains("too many");
    }
}
