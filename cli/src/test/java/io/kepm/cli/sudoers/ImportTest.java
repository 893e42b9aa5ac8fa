package io.kepm.cli.sudoers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.cli.json.Json;
import io.kepm.policy.DraftCheck;
import io.kepm.policy.Fault;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The files under {@code resources} are invented; their JSON is what sudo 1.9.13 made of them. */
class ImportTest {

    @Test
    void plain_rules_are_whole_and_only_watch() throws IOException {
        Import.Result result = Import.of(resource("minimal.json"), Set.of(), ImportTest::loader);
        assertThat(result.warnings()).isEmpty();
        assertThat(result.isWhole()).isTrue();
        assertThat(result.policies()).hasSize(2);
        assertThat(result.policies().get(0).toString())
                .isEqualTo(
                        "{\"PolicyId\":\"sudoers-001-1\",\"PolicyName\":\"sudoers: alice ALL ="
                                + " NOPASSWD: /usr/bin/systemctl restart nginx, /usr/bin/id"
                                + " \\\"\\\"\",\"PolicyType\":\"CommandLine\",\"Status\":\"monitor\","
                                + "\"Actions\":{\"OnSuccess\":{\"Controls\":[\"ALLOW\"]}},"
                                + "\"UserCheck\":[\"alice\"],\"MachineCheck\":[\"*\"],"
                                + "\"Extension\":{\"Commands\":[{\"Path\":\"/usr/bin/systemctl\","
                                + "\"Args\":[\"restart\",\"nginx\"]},{\"Path\":\"/usr/bin/id\"}]}}");
        Json second = result.policies().get(1);
        assertThat(second.at("UserCheck").texts()).containsExactly("%adm");
        assertThat(second.at("MachineCheck").texts()).containsExactly("ws1");
        assertThat(second.at("Extension").at("RunAs").texts()).containsExactly("postgres");
    }

    @Test
    void every_kind_of_rule_becomes_a_policy_or_a_warning() throws IOException {
        Import.Result result =
                Import.of(
                        resource("site.json"),
                        Cvtsudoers.spaced(resource("site.again")),
                        ImportTest::loader);
        assertThat(result.policies())
                .extracting(p -> p.at("PolicyId").text() + " " + commands(p))
                .containsExactly(
                        "sudoers-001-1 [{\"Path\":\"/usr/bin/systemctl\",\"Args\":[\"restart\","
                                + "\"nginx\"]},{\"Path\":\"/usr/bin/systemctl\","
                                + "\"Args\":[\"reload\",\"nginx\"]}]",
                        "sudoers-001-2 [{\"Path\":\"/usr/bin/id\"}]",
                        "sudoers-002-1 [\"*\"] but [\"/bin/sh\",\"/bin/bash\"]",
                        "sudoers-003-1 [{\"Path\":\"/usr/bin/sudoedit\",\"Args\":[\"/etc/motd\"]},"
                                + "{\"Path\":\"/opt/my app/run\",\"Args\":[\"arg\"]}]",
                        "sudoers-004-1-1 [\"sha256:0f1f3e8b9d2f5a1c7e0f1f3e8b9d2f5a1c7e0f1f3e8b9d2f"
                                + "5a1c7e0f1f3e8b9d\"][{\"Path\":\"/usr/bin/ls\",\"Args\":[\"-l\"]}]",
                        "sudoers-005-1 [{\"Path\":\"/usr/bin/cat\",\"Args\":[{\"PathUnder\":"
                                + "\"/var/log\"}]},{\"Path\":\"/usr/bin/tail\",\"Args\":[\"-n\","
                                + "{\"Regex\":\"[0-9][^/\\\\s\\\\x00-\\\\x1f\\\\x7f]*\"},{\"Regex\":"
                                + "\"/srv/[^./\\\\s\\\\x00-\\\\x1f\\\\x7f][^/\\\\s\\\\x00-\\\\x1f\\\\x7f]*"
                                + "\\\\.log\"}]},{\"Path\":\"/usr/bin/apt\",\"Args\":[\"install\","
                                + "{\"Word\":true}]}]",
                        "sudoers-007-1 [{\"Path\":\"/usr/bin/id\",\"Args\":[\"-u\"]}]");
        assertThat(result.policies())
                .allMatch(p -> p.at("Status").text().equals("monitor"))
                .allMatch(p -> p.at("Extension").at("NoExec").isTrue());
        assertThat(lost(result))
                .containsExactlyInAnyOrder(
                        "the host `10.0.0.0/8` has no counterpart: left out",
                        "the run-as user `#70` has no counterpart: left out",
                        "the host `10.0.0.0/8` has no counterpart: left out",
                        "the run-as user `#70` has no counterpart: left out",
                        "run-as groups have no counterpart: left out",
                        "run as `ALL`: a policy names its run-as users: it is root alone here",
                        "`/usr/bin/ls -l`: policies know SHA-256 only: other digests are left out",
                        "not translated: the limit `runchroot` has no counterpart in a policy");
        Json last = result.policies().get(6);
        assertThat(last.at("Actions").toString()).contains("[\"ALLOW\",\"RECORD\"]");
        assertThat(last.at("DateCheck").toString())
                .isEqualTo("[{\"StartDate\":\"2030-01-02\",\"EndDate\":\"2030-12-30\"}]");
    }

    @Test
    void a_star_never_lets_further_arguments_in() throws IOException {
        assertThat(commands(rule("/bin/ls *")))
                .isEqualTo("[{\"Path\":\"/bin/ls\",\"Args\":[{\"Word\":true}]}]");
        assertThat(commands(rule("/bin/ls -*"))).contains("{\"Regex\":\"-[^");
        assertThat(commands(rule("/bin/**/x a"))).startsWith("[{\"Path\":\"/bin/*/x\"");
        assertThat(commands(rule("/bin/cat a\\\\*b"))).contains("[\"a*b\"]");
        assertThat(commands(rule("sudoedit /etc/nginx/*")))
                .contains("Regex")
                .doesNotContain("Under");
        for (String no :
                List.of(
                        "/bin/cat /etc/.*",
                        "/bin/cat [!a]",
                        "/bin/x[ab] a",
                        "^/bin/.*$",
                        "/bin/{home} a",
                        "/bin/cat ^\\\\d+$",
                        "/bin/cat ^a{,3}$",
                        "list",
                        "/bin/../x a",
                        "/bin/x\\\\* a")) {
            assertThat(all(spec("\"username\":\"a\"", "\"command\":\"" + no + "\"")).policies())
                    .as(no)
                    .isEmpty();
        }
    }

    @Test
    void an_element_that_policy_would_read_as_something_else_is_marked() throws IOException {
        assertThat(users("\"username\":\"*\"")).containsExactly("user:*");
        assertThat(users("\"username\":\"collection:x\"")).containsExactly("user:collection:x");
        assertThat(users("\"username\":\"abcdefghijklmnopqrstuA\""))
                .containsExactly("user:abcdefghijklmnopqrstuA");
        assertThat(users("\"userid\":0")).containsExactly("uid:0");
        assertThat(users("\"usergroup\":\"domain users\"")).containsExactly("%domain users");
        assertThat(users("\"username\":\"DOM\\\\u\"")).containsExactly("DOM\\u");
    }

    @Test
    void a_negated_element_takes_away_or_nothing_is_translated() throws IOException {
        assertThat(
                        users(
                                "\"username\":\"a\"},{\"username\":\"b\"},{\"username\":\"a\",\"negated\":true"))
                .containsExactly("b");
        for (String none :
                List.of(
                        "\"username\":\"ALL\"},{\"username\":\"b\",\"negated\":true",
                        "\"username\":\"a\"},{\"usergroup\":\"g\",\"negated\":true",
                        "\"usergroup\":\"g\"},{\"username\":\"b\",\"negated\":true",
                        "\"username\":\"a\"},{\"useralias\":\"NONE\",\"negated\":true",
                        "\"username\":\"a\"},{\"strange\":\"x\"",
                        "\"username\":\"a\"},{\"username\":\"ALL\",\"negated\":true")) {
            Import.Result result = all(spec(none, "\"command\":\"/bin/ls \\\"\\\"\""));
            assertThat(result.policies()).as(none).isEmpty();
            assertThat(result.isWhole()).as(none).isFalse();
        }
    }

    @Test
    void what_is_taken_away_is_never_dropped_while_the_rest_is_given() throws IOException {
        Import.Result result =
                all(
                        spec(
                                "\"username\":\"a\"",
                                "\"command\":\"ALL\"},{\"command\":\"/bin/[ab]\",\"negated\":true"));
        assertThat(result.policies()).isEmpty();
        assertThat(lost(result)).anyMatch(text -> text.contains("takes rights away"));
        Json only = rule("ALL\",\"negated\":true,\"x\":\"");
        assertThat(only.at("Extension").at("DenyCommands").texts()).containsExactly("/**");
        assertThat(only.at("Actions").toString()).contains("[]");
        Json prefix = rule("/bin/x -a *b\",\"negated\":true,\"x\":\"");
        assertThat(prefix.at("Extension").at("DenyCommands").texts()).containsExactly("/bin/x -a");
    }

    @Test
    void who_is_left_out_of_a_rule_that_takes_away_is_told_to_keep_it() throws IOException {
        String users = "\"username\":\"a\"},{\"usergid\":1000";
        Import.Result result = all(spec(users, "\"command\":\"/bin/su\",\"negated\":true"));
        assertThat(result.policies()).hasSize(1);
        assertThat(lost(result))
                .containsExactly(
                        "the user `%#1000` has no counterpart: left out",
                        "it takes commands away: look at what the other rules give");
        assertThat(lost(all(spec(users, "\"command\":\"/bin/su\"")))).hasSize(1);
    }

    @Test
    void a_negation_inside_a_negated_alias_gives_nothing_back() throws IOException {
        String text =
                "{\"Command_Aliases\":{\"X\":[{\"command\":\"/bin/a\"},{\"command\":\"/bin/b\",\"negated\":true}],"
                        + "\"Y\":[{\"cmndalias\":\"Y\"}]},"
                        + spec(
                                        "\"username\":\"a\"",
                                        "\"command\":\"ALL\"},{\"cmndalias\":\"X\",\"negated\":true")
                                .substring(1);
        Import.Result result = all(text);
        assertThat(commands(result.policies().get(0))).isEqualTo("[\"*\"] but [\"/bin/a\"]");
        assertThat(lost(result)).containsExactly("`!/bin/b` in a negated alias: a double negation");
        assertThat(all(text.replace("\"cmndalias\":\"X\"", "\"cmndalias\":\"Y\"")).policies())
                .isEmpty();
    }

    @Test
    void as_whom_a_rule_runs_is_never_guessed() throws IOException {
        String rule = spec("\"username\":\"a\"", "\"command\":\"/bin/ls \\\"\\\"\"").substring(1);
        String to = "{\"Defaults\":[{\"Options\":[{\"runas_default\":\"bob\"}]}],";
        assertThat(all(to + rule).policies().get(0).at("Extension").at("RunAs").texts())
                .containsExactly("bob");
        String bound = to.replace("{\"Options", "{\"Binding\":[{\"username\":\"a\"}],\"Options");
        assertThat(all(bound + rule).policies()).isEmpty();
    }

    @Test
    void any_of_several_digests_is_enough_and_one_of_another_kind_is_none() throws IOException {
        String hex = "ab".repeat(32);
        String base64 = "q".repeat(42) + "o=";
        Json two = rule("ALL\",\"sha256\":\"" + hex + "\",\"sha256\":\"" + base64);
        assertThat(two.at("ApplicationCheck").texts())
                .containsExactly("sha256:" + hex, "sha256:" + "aa".repeat(31) + "aa");
        assertThat(two.at("Extension").isMissing()).isTrue();
        String other = "\"command\":\"/bin/x a\",\"sha512\":\"" + hex + hex + "\"";
        assertThat(all(spec("\"username\":\"a\"", other)).policies()).isEmpty();
        assertThat(all(spec("\"username\":\"a\"", other.replace("512", "256"))).policies())
                .isEmpty();
    }

    @Test
    void another_form_is_refused() {
        for (String text :
                List.of(
                        "",
                        "[]",
                        "{\"a\":1}",
                        "{",
                        "{} {}",
                        "{\"User_Specs\":[],\"User_Specs\":[]}",
                        "[".repeat(100),
                        "\"x",
                        "{\"Defaults\":\u0001}")) {
            assertThatThrownBy(() -> all(text)).as(text).isInstanceOf(IOException.class);
        }
    }

    private static Json rule(String command) throws IOException {
        Import.Result result = all(spec("\"username\":\"a\"", "\"command\":\"" + command + "\""));
        assertThat(result.policies()).as(command).hasSize(1);
        return result.policies().get(0);
    }

    private static List<String> users(String users) throws IOException {
        Import.Result result = all(spec(users, "\"command\":\"/bin/ls \\\"\\\"\""));
        assertThat(result.policies()).as(result.warnings().toString()).hasSize(1);
        return result.policies().get(0).at("UserCheck").texts();
    }

    private static String spec(String users, String commands) {
        return "{\"User_Specs\":[{\"User_List\":[{"
                + users
                + "}],\"Host_List\":[{\"hostname\":\"ALL\"}],\"Cmnd_Specs\":[{\"Commands\":[{"
                + commands
                + "}]}]}]}";
    }

    private static Import.Result all(String text) throws IOException {
        return Import.of(text, Set.of(), ImportTest::loader);
    }

    private static List<String> lost(Import.Result result) {
        return result.warnings().stream().filter(Warning::isLost).map(Warning::message).toList();
    }

    private static String commands(Json policy) {
        Json extension = policy.at("Extension");
        Json denied = extension.at("DenyCommands");
        return (policy.at("ApplicationCheck").isMissing()
                        ? ""
                        : policy.at("ApplicationCheck").toString())
                + (extension.at("Commands").isMissing() ? "" : extension.at("Commands").toString())
                + (denied.isMissing() ? "" : " but " + denied);
    }

    private static List<String> loader(Json policy) {
        return DraftCheck.faults(policy.toString()).stream().map(Fault::text).toList();
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = ImportTest.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
