package io.kepm.policy;

import static io.kepm.policy.TestSet.allow;
import static io.kepm.policy.TestSet.faults;
import static io.kepm.policy.TestSet.policy;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyParserTest {

    private static final String ANY = "'ApplicationCheck':['*']";

    /** The shape that the reference product's console writes, every unused filter empty. */
    private static final String EXPORT =
            """
            {'$schema':'x','PolicyName':'Elevate','PolicyType':'PrivilegeElevation',
             'PolicyId':'Zm9vYmFyYmF6cXV4MTIzNA','PolicyVersion':2,'Status':'enforce',
             'Actions':{'OnSuccess':{'Controls':['APPROVAL','MFA']},'OnFailure':{'Command':''}},
             'NotificationMessage':'m','NotificationRequiresAcknowledge':true,'RiskLevel':50,
             'Operator':'And','Rules':[
              {'RuleName':'UserCheck','ErrorMessage':'e','RuleExpressionType':'BuiltInAction','Expression':'CheckUser()'},
              {'RuleName':'MachineCheck','ErrorMessage':'e','RuleExpressionType':'BuiltInAction','Expression':'CheckMachine()'},
              {'RuleName':'ApplicationCheck','ErrorMessage':'e','RuleExpressionType':'BuiltInAction','Expression':'CheckFile(false)'},
              {'RuleName':'DateCheck','ErrorMessage':'e','RuleExpressionType':'BuiltInAction','Expression':'CheckDate()'},
              {'RuleName':'TimeCheck','ErrorMessage':'e','RuleExpressionType':'BuiltInAction','Expression':'CheckTime()'},
              {'RuleName':'DayCheck','ErrorMessage':'e','RuleExpressionType':'BuiltInAction','Expression':'CheckDay()'},
              {'RuleName':'x','ErrorMessage':'e','RuleExpressionType':'BuiltInAction','Expression':' check Certificate ( ) '}],
             'UserCheck':['*'],'MachineCheck':['*'],'ApplicationCheck':['*'],'DateCheck':[],
             'TimeCheck':[],'DayCheck':[],'CertificationCheck':[],'Extension':{}}
            """;

    @Test
    void an_export_of_the_reference_console_loads_unchanged() {
        PolicyDocument document = TestSet.load(EXPORT).policies().get(0);
        assertThat(document.controls().names()).containsExactly("MFA", "APPROVAL");
        assertThat(document.ref().version()).isEqualTo(2);
        assertThat(document.acknowledge()).isTrue();
    }

    @Test
    void what_becomes_of_a_job_is_one_of_three() {
        for (String action : List.of("Add", "update", "DELETE")) {
            assertThat(faults(typed("JobUpdate", "{'Action':'" + action + "'}"))).isEmpty();
        }
        assertThat(faults(typed("JobUpdate", "{'Action':'Run'}")))
                .singleElement()
                .asString()
                .contains("Extension.Action: unknown action `Run` (known: Add, Update, Delete)");
    }

    @Test
    void every_type_loads_with_its_own_extension() {
        List<String> all = new ArrayList<>();
        all.add(typed("LeastPrivilege", "{'Exclusions':['root','admin'],'AdminGroups':['sudo']}"));
        all.add(
                typed(
                        "SettingsUpdate",
                        "{'PluginName':'x','Action':'update','SettingsJson':{'a':{'b':1.5}}}"));
        all.add(typed("JobUpdate", "{'Action':'Add','JobId':'j','Job':{'id':'j'}}"));
        all.add(typed("KeeperUpdates", "{'Version':'latest','ManifestUrl':'https://x/y'}"));
        all.add(
                typed(
                        "AgenticAI",
                        "{'minAiLikelihoodPercent':70,'agenticOverlay':true,"
                                + "'grantDurationOptions':[60,240],'pendingControlsJobId':'j'}"));
        all.add(typed("AgenticAccess", "{}"));
        all.add(
                typed(
                        "AgenticPrivilegeElevation",
                        "{'minAiLikelihoodPercent':0,'Commands':[{'Path':'/a'}]}"));
        all.add(typed("FileAccess", "{'Folders':['/data'],'Paths':['/data/**'],'Access':'read'}"));
        all.add(typed("HttpAccess", "{'Urls':['https://example.org/x']}"));
        for (String one : all) {
            assertThat(faults(one)).as(one).isEmpty();
        }
    }

    private static String typed(String type, String extension) {
        return "{'PolicyId':'t','PolicyName':'n','PolicyType':'"
                + type
                + "','Status':'Enabled',"
                + "'RiskLevel':null,'Actions':{'OnSuccess':{'Controls':['DENY']}},'Extension':"
                + extension
                + "}";
    }

    @Test
    void older_controls_may_be_joined_by_newlines() {
        String old =
                policy("p", "", ANY).replace("'Controls':[]", "'Controls':'allow\\n\\nAudit\\n'");
        assertThat(TestSet.load(old).policies().get(0).controls().names())
                .containsExactly("ALLOW", "AUDIT");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'Nonsense':1|unknown field `Nonsense`",
                "'userCheck':['*']|unknown field `userCheck`",
                "'Extension':{'Foo':1}|Extension: unknown field `Foo` (known: Folders",
                "'Extension':{'Paths':['/x']}|unknown field `Paths`",
                "'Extension':[]|Extension: an object is expected",
                "'Operator':'Or'|unknown operator `Or` (known: And)",
                "'PolicyVersion':0|an integer from 1",
                "'PolicyVersion':1.0|an integer from 1",
                "'RiskLevel':101|from 0 to 100",
                "'NotificationRequiresAcknowledge':true,'NotificationRequiresAcknowledgement':true|use one of them",
                "'MachineCheck':['ws-*']|not a host name",
                "'MachineCheck':[]|",
                "'MachineCheck':null|an array is expected",
                "'DayCheck':[7]|a day from 0 (Sunday) to 6",
                "'DayCheck':['1']|a day from 0",
                "'DateCheck':[{'StartDate':'2026-02-01','EndDate':'2026-01-01'}]|StartDate after EndDate",
                "'DateCheck':[{'StartDate':'2026-02-30'}]|YYYY-MM-DD",
                "'DateCheck':[{}]|neither StartDate nor EndDate",
                "'DateCheck':[{'EndDate':'2026-02-28'}]|",
                "'DateCheck':[{'StartDate':1767225600000,'EndDate':null}]|",
                "'TimeCheck':[{'StartTime':'9'}]|EndTime: missing",
                "'TimeCheck':[{'StartTime':'9','EndTime':'24'}]|an hour from 0 to 23",
                "'TimeCheck':[{'StartTime':'0','EndTime':'0'}]|are equal",
                "'TimeCheck':[{'StartTime':'9','EndTime':'09:00'}]|are equal",
                "'TimeCheck':[{'StartTime':'9','EndTime':'0'}]|",
                "'TimeCheck':[{'StartTime':'22:30','EndTime':'06:15:30'}]|",
                "'TimeCheck':[{'StartTime':9,'EndTime':'17'}]|a text is expected",
                "'CertificationCheck':['xyz']|a thumbprint has 40",
                "'ApplicationCheck':['sha256:12']|64 hexadecimal digits",
                "'ApplicationCheck':['SHA256:12']|unknown kind of entry",
                "'ApplicationCheck':['/a/../b']|not canonical",
                "'ApplicationCheck':['/a/{nope}']|unknown variable `nope` (known: rootdir",
                "'ApplicationCheck':['collection:none']|unknown collection `none`",
                "'ApplicationCheck':['Zm9vYmFyYmF6cXV4MTIzNA']|unknown collection `Zm9v",
                "'Extension':{'Commands':[]}|Commands: must not be empty",
                "'Extension':{'Commands':[{'Path':'/a','Args':[{'Rest':true},'x']}]}|Args[0]: `Rest` has to be the last",
                "'Extension':{'Commands':[{'Path':'/a','Args':[{'Nope':true}]}]}|unknown slot `Nope` (known: OneOf",
                "'Extension':{'Commands':[{'Path':'/a','Args':[{'Any':false}]}]}|true is expected",
                "'Extension':{'Commands':[{'Path':'/a','Args':[{'Any':true,'Word':true}]}]}|an object with one key",
                "'Extension':{'Commands':[{'Path':'/a','Args':[{'OneOf':[]}]}]}|must not be empty",
                "'Extension':{'Commands':[{'Path':'/a','Args':[{'PathUnder':'x'}]}]}|an absolute path is expected",
                "'Extension':{'Commands':[{'Path':'/a','Args':[1]}]}|a text, or an object",
                "'Extension':{'Commands':[{'Args':[]}]}|Path: missing",
                "'Extension':{'AllowCommands':['ls *.txt']}|`*` may stand in the program",
                "'Extension':{'AllowCommands':['/a/b\\\\?']}|a quoted `*` or `?` in the program",
                "'Extension':{'AllowCommands':['/a/b?']}|",
                "'Extension':{'AllowCommands':['/a/b \\\\? x']}|",
                "'Extension':{'DenyCommands':['']}|no command",
                "'Extension':{'RunAs':['#0']}|not a user name",
                "'Extension':{'RunAs':[]}|must not be empty",
                "'Extension':{'KeepEnv':['LD_PRELOAD']}|not a variable that may be kept",
                "'Extension':{'DurationMinutes':1441}|from 1 to 1440",
                "'Extension':{'Folders':['relative']}|an absolute path",
                "'Approval':{'RequiredApprovers':0}|from 1 to 100",
                "'Approval':{'Approvers':['a b']}|a user or a %group",
                "'Approval':{'Nope':1}|unknown field `Nope`",
            })
    void what_is_wrong_is_refused_with_its_place(String member, String message) {
        List<String> found = faults(policy("p", "'MFA'", member));
        if (message == null) {
            assertThat(found).isEmpty();
        } else {
            assertThat(found).hasSize(1);
            assertThat(found.get(0)).startsWith("p0.json: policy `p`: ").contains(message);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "foo:bar",
                "uid:x",
                "uid:-1",
                "uid:4294967295",
                "uid:",
                "%",
                "group:",
                "user:",
                "",
                "a\\u0007b"
            })
    void user_entries_that_mean_nobody_are_refused(String entry) {
        assertThat(faults(policy("p", "'MFA'", "").replace("['*']", "['" + entry + "']")))
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'TargetFile':'policies/p.json'",
                "'TargetFile':'persons.json'",
                "'TargetFile':'/etc/sudoers'",
                "'TargetFile':'Plugins/../appsettings.json'",
                "'PluginName':'../appsettings'",
                "'PluginName':'p','TargetFile':'Plugins/q.json'"
            })
    void ab_139_a_policy_replaces_no_file_that_is_not_on_the_list(String member) {
        assertThat(faults(typed("SettingsUpdate", "{" + member + "}"))).hasSize(1);
        assertThat(faults(typed("SettingsUpdate", "{'TargetFile':'Plugins/p.json'}"))).isEmpty();
    }

    @Test
    void an_unbalanced_quote_is_refused() {
        assertThat(faults(policy("p", "'MFA'", "'Extension':{'AllowCommands':['/bin/ls \\\\']}")))
                .hasSize(1);
        assertThat(faults(policy("p", "'MFA'", "'Extension':{'AllowCommands':['/bin/ls \\\"x']}")))
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[",
                "nonsense",
                "{}",
                "[]x",
                "[{}]",
                "null",
                "\"text\"",
                "{\"PolicyId\":\"a\",\"PolicyId\":\"b\"}",
                "{\"PolicyId\":NaN}",
                "{\"a\":1}//c",
                "[1]",
                "\ufffe{}"
            })
    void ab_80_a_file_that_is_no_policy_is_refused(String text) {
        Faults faults = new Faults();
        PolicyLoader.load(
                List.of(new PolicyText("x.json", text.getBytes(StandardCharsets.UTF_8))), faults);
        assertThat(faults.list()).isNotEmpty();
        assertThat(faults.list()).allMatch(fault -> fault.file().equals("x.json"));
    }

    @Test
    void ab_80_depth_size_and_bytes_that_are_no_text_are_refused() {
        assertThat(faults("[".repeat(5000))).hasSize(1);
        Faults faults = new Faults();
        PolicyLoader.load(
                List.of(
                        new PolicyText("big.json", new byte[JsonText.MAX_BYTES + 1]),
                        new PolicyText("bad.json", new byte[] {'"', (byte) 0xff, '"'})),
                faults);
        assertThat(faults.list())
                .extracting(Fault::text)
                .containsExactly(
                        "big.json: larger than 1 MiB: split it into several files",
                        "bad.json: not UTF-8 text");
    }

    @Test
    void ab_80_a_truncated_file_is_refused_wherever_it_ends() {
        String whole = allow("p", ANY).replace('\'', '"');
        for (int end = 0; end < whole.length(); end++) {
            Faults faults = new Faults();
            PolicyLoader.load(
                    List.of(
                            new PolicyText(
                                    "x.json",
                                    whole.substring(0, end).getBytes(StandardCharsets.UTF_8))),
                    faults);
            assertThat(faults.list())
                    .as("cut at %d", end)
                    .isNotEmpty()
                    .noneMatch(fault -> fault.message().contains("Source"));
        }
    }

    @Test
    void ab_81_a_second_policy_with_the_same_id_refuses_the_whole_set() {
        assertThat(faults(allow("p", ANY), policy("p", "'DENY'", "")))
                .containsExactly(
                        "p1.json: policy `p`: PolicyId: a second policy with this id; the other"
                                + " stands in p0.json");
    }

    @Test
    void a_limit_whose_rule_is_missing_is_refused_and_a_rule_without_a_limit_is_not() {
        String rules = "'Rules':[{'RuleName':'whatever','Expression':'checkuser()'}]";
        assertThat(faults(policy("p", "'MFA'", rules))).isEmpty();
        assertThat(faults(policy("p", "'MFA'", rules + ",'DayCheck':[1]")))
                .containsExactly(
                        "p0.json: policy `p`: DayCheck: has entries, but Rules has no expression for"
                                + " it: add the rule or empty the array");
        assertThat(faults(policy("p", "'MFA'", "'Rules':[]"))).hasSize(1);
        assertThat(faults(policy("p", "'MFA'", rules.replace("checkuser", "CheckMoon"))))
                .anyMatch(fault -> fault.contains("unknown expression `CheckMoon()`"));
    }

    @Test
    void an_emptied_list_never_opens_a_machine() {
        assertThat(faults(allow("p", ANY).replace("'UserCheck':['*']", "'UserCheck':[]")))
                .containsExactly(
                        "p0.json: policy `p`: UserCheck: a policy in enforce that allows must say"
                                + " for whom: fill the list, with `*` if everybody is meant");
        assertThat(faults(allow("p", ""))).hasSize(1);
        assertThat(faults(policy("p", "'NOTIFY'", ""))).hasSize(1);
        assertThat(faults(policy("p", "'MFA'", ""))).isEmpty();
        assertThat(faults(allow("p", "").replace("enforce", "monitor"))).isEmpty();
        assertThat(faults(allow("p", "'Extension':{'AllowCommands':['/bin/ls']}"))).isEmpty();
        assertThat(faults(allow("p", "'Extension':{'DenyCommands':['/bin/ls']}"))).hasSize(1);
        assertThat(faults(policy("p", "", "'Extension':{'DenyCommands':['/bin/ls']}"))).isEmpty();
        assertThat(faults(policy("p", "", "")))
                .containsExactly(
                        "p0.json: policy `p`: Actions.OnSuccess.Controls: a policy in enforce needs"
                                + " a control, such as ALLOW or DENY");
    }

    @Test
    void on_failure_knows_deny_only() {
        String deny =
                policy("p", "'MFA'", "")
                        .replace("'Actions':{", "'Actions':{'OnFailure':{'Command':'Deny'},");
        assertThat(faults(deny)).isEmpty();
        assertThat(faults(deny.replace("Deny", "allow"))).hasSize(1);
        assertThat(faults(policy("p", "'NOPE'", "")).get(0))
                .contains("unknown control `NOPE` (known: ALLOW, DENY");
    }

    @Test
    void ids_and_messages_are_bounded_and_printable() {
        assertThat(faults(policy("x".repeat(128), "'MFA'", ""))).isEmpty();
        assertThat(faults(policy("x".repeat(129), "'MFA'", ""))).hasSize(1);
        assertThat(faults(policy("a\\u202eb", "'MFA'", ""))).hasSize(2);
        assertThat(faults(policy("p", "'MFA'", "'NotificationMessage':'" + "m".repeat(2001) + "'")))
                .hasSize(1);
        assertThat(faults(policy("p", "'MFA'", "'DayCheck':[" + "1,".repeat(10_000) + "1]")))
                .containsExactly("p0.json: policy `p`: DayCheck: more than 10000 entries");
    }

    @Test
    void a_fault_never_carries_control_characters_from_the_file() {
        assertThat(faults(policy("p", "'MFA'", "'MachineCheck':['a\\u001b[31m\\nb']")).get(0))
                .contains("`a\\u001b[31m\\u000ab`");
    }

    @Test
    void ab_83_collections_nested_too_deep_or_in_a_circle_are_refused_in_bounded_time() {
        assertThat(faults(collections(15, ""))).isEmpty();
        assertThat(faults(collections(17, "")).get(0)).contains("more than 16");
        assertThat(faults(collections(1000, ""))).isNotEmpty();
        assertThat(faults(collections(3, "'collection:c2'"))).isNotEmpty();
        assertThat(
                        faults(
                                collections(1, "")
                                        .replace(
                                                "]}]",
                                                "]},{'id':'c0','type':3,'name':'n','members':[]}]")))
                .anyMatch(fault -> fault.contains("a second collection `c0`"));
    }

    private static String collections(int depth, String first) {
        StringBuilder json = new StringBuilder("[");
        for (int i = 0; i < depth; i++) {
            json.append(i == 0 ? "" : ",")
                    .append("{'id':'c")
                    .append(i)
                    .append("','type':3,'name':'n','members':[")
                    .append(i == 0 ? first : "'collection:c" + (i - 1) + "'")
                    .append("]}");
        }
        return json.append("]").toString();
    }

    @Test
    void a_collection_stands_for_its_members_in_the_filters_of_its_kind() {
        String collections =
                "[{'id':'team','type':103,'name':'Team','members':['bob','collection:more']},"
                        + "{'id':'more','type':4,'name':'More','members':['%dev']},"
                        + "{'id':'none','type':103,'name':'None','members':[]},"
                        + "{'id':'Zm9vYmFyYmF6cXV4MTIzNA','type':102,'name':'Apps','members':"
                        + "['/usr/bin/id',{'Path':'/usr/bin/x','Sha256':'"
                        + "ab".repeat(32)
                        + "'}]}]";
        String policy =
                allow("p", "'ApplicationCheck':['Zm9vYmFyYmF6cXV4MTIzNA']")
                        .replace("'UserCheck':['*']", "'UserCheck':['collection:team']");
        TestSet set = TestSet.of(collections, policy);
        Ask id = Ask.command("/usr/bin/id");
        assertThat(set.outcome(id.by("bob"))).isEqualTo("ALLOW");
        assertThat(set.outcome(id.by("alice", "dev"))).isEqualTo("ALLOW");
        assertThat(set.outcome(id.by("alice"))).isEqualTo("DENY");
        Ask pinned = Ask.command("/usr/bin/x").by("bob");
        assertThat(set.outcome(pinned)).isEqualTo("DENY");
        assertThat(set.outcome(pinned.digest("ab".repeat(32)))).isEqualTo("ALLOW");
        assertThat(set.outcome(id.by("bob").digest("ab".repeat(32)))).isEqualTo("ALLOW");
        assertThat(
                        TestSet.of(
                                        collections,
                                        policy.replace("collection:team", "collection:none"))
                                .outcome(id))
                .isEqualTo("DENY");
        assertThat(
                        faults(
                                        collections,
                                        policy.replace("collection:team", "Zm9vYmFyYmF6cXV4MTIzNA"))
                                .get(0))
                .contains("is of type 102, which cannot stand here");
    }

    @Test
    void the_content_of_a_set_is_the_same_in_other_files_another_order_and_other_white_space() {
        String a = allow("a", ANY);
        String b = policy("b", "'DENY'", "");
        String sha = TestSet.load(a, b).sha256();
        assertThat(TestSet.load("[" + b + ",\n " + a + "]").sha256()).isEqualTo(sha);
        assertThat(TestSet.load(a, b.replace("DENY", "MFA")).sha256()).isNotEqualTo(sha);
        assertThat(TestSet.load(a).sha256()).isNotEqualTo(sha);
    }
}
