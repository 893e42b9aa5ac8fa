package io.kepm.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditChain;
import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditType;
import io.kepm.cli.Bench;
import io.kepm.cli.Bench.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DiffPoliciesTest {

    private final Bench bench = new Bench();
    private final StringBuilder records = new StringBuilder();
    private long seq;

    @BeforeEach
    void policies() throws IOException {
        write("old", "\"ALLOW\"");
        write("new", "\"MFA\"");
        Files.writeString(bench.folder().resolve("groups"), "# who\nalice: staff,ops\n\nbob:\n");
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void both_sets_answer_under_the_settings_that_are_named() throws IOException {
        record("alice", "CommandLine", "policy", "ALLOW");
        Path settings =
                Files.writeString(
                        bench.folder().resolve("settings"),
                        "{\"Settings\":{\"PolicyEngine\":{\"enforceForAdministrators\":false,"
                                + "\"AdminGroups\":[\"ops\"]}}}");
        assertThat(diff("old", "new", "-g", path("groups")).exit()).isEqualTo(1);
        Outcome outcome = diff("old", "new", "-g", path("groups"), "-s", settings.toString());
        assertThat(outcome.exit()).as(outcome.out()).isZero();
        assertThat(outcome.out())
                .contains("different: 0")
                .contains("root and members of ops are not governed");
    }

    @Test
    void requests_that_are_answered_otherwise_are_listed_and_the_rest_is_counted()
            throws IOException {
        record("alice", "CommandLine", "policy", "ALLOW");
        record("bob", "CommandLine", "unmatched", "ALLOW");
        record("carol", "CommandLine", "policy", "ALLOW");
        record("alice", "HttpAccess", "policy", "ALLOW");
        record("alice", "FileAccess", "policy", "ALLOW");
        record("alice", "AgenticPrivilegeElevation", "policy", "ALLOW");
        record("alice", "CommandLine", "guard:malformed", "DENY");
        records.append("{\"audit_event_type\":\"AGENT_STARTED\"}\n");
        Outcome outcome = diff("old", "new", "-g", path("groups"));
        assertThat(outcome)
                .isEqualTo(
                        new Outcome(
                                1,
                                """
                                SEQ  TIME                 USER   COMMAND        AS    OLD    NEW
                                  1  2026-11-25 10:30:00  alice  /none/tool -x  root  ALLOW  PENDING MFA

                                replayed: 2 of 7 evaluations, different: 1
                                not rebuilt: 1, for want of whether a file was to be read or written
                                not rebuilt: 1, for want of the likelihood of AI
                                not rebuilt: 1, for want of the user's groups
                                not rebuilt: 1, for want of a well-formed request
                                not rebuilt: 1, for want of the address
                                recorded otherwise than OLD answers: 1 (another set was in force, or a fact is not in the record)
                                groups: from the file
                                assumed: machine web1, local time of Europe/Berlin, no links on the way to program and arguments, home /home/NAME, no domain, no desktop
                                """,
                                ""));
        assertThat(diff("old", "new", "--json", "-g", path("groups")).out())
                .startsWith(
                        "{\"evaluations\":7,\"replayed\":2,\"different\":[{\"seq\":1,\"time\":"
                                + "\"2026-11-25T09:30:00Z\",\"user\":\"alice\",\"eventType\":\"CommandLine\","
                                + "\"path\":\"/none/tool\",\"argv\":[\"tool\",\"-x\"],\"runAs\":\"root\","
                                + "\"recorded\":\"ALLOW\",\"old\":{\"outcome\":\"ALLOW\",\"controls\":[],"
                                + "\"policies\":[\"p\"],")
                .contains("\"new\":{\"outcome\":\"PENDING\",\"controls\":[\"MFA\"],")
                .contains("\"notRebuilt\":{\"access\":1,\"ai_likelihood\":1,\"groups\":1,");
    }

    @Test
    void requests_for_files_and_addresses_and_those_of_ai_are_asked_anew() throws IOException {
        policy("old", "f", "FileAccess", "\"Extension\":{\"Access\":\"write\"}", "ALLOW");
        policy("new", "f", "FileAccess", "\"Extension\":{\"Access\":\"write\"}", "DENY");
        String urls = "\"Extension\":{\"Urls\":[\"https://x.test/a\"]}";
        policy("old", "h", "HttpAccess", urls, "ALLOW");
        policy("new", "h", "HttpAccess", urls, "DENY");
        policy("old", "g", "AgenticPrivilegeElevation", "\"RiskLevel\":1", "ALLOW");
        policy("new", "g", "AgenticPrivilegeElevation", "\"RiskLevel\":1", "DENY");
        for (String access : List.of("read", "write")) {
            record("alice", "FileAccess", "policy", "ALLOW", "-x", Map.of("access", access));
        }
        for (String url : List.of("https://x.test/b", "https://x.test/a/b")) {
            record("alice", "HttpAccess", "policy", "ALLOW", "-x", Map.of("url", url));
        }
        for (String percent : List.of("49", "50")) {
            Map<String, String> asked = Map.of("ai_likelihood", percent);
            record("alice", "AgenticPrivilegeElevation", "policy", "ALLOW", "-x", asked);
        }
        Outcome outcome = diff("old", "new", "-g", path("groups"));
        assertThat(outcome.out()).contains("replayed: 6 of 6 evaluations, different: 3\n");
        assertThat(outcome.out().lines().map(line -> line.strip().split(" ")[0]).toList())
                .contains("2", "4", "6")
                .doesNotContain("1", "3", "5");
    }

    @Test
    void the_same_answers_are_exit_0_and_what_can_not_be_replayed_proves_nothing()
            throws IOException {
        record("alice", "CommandLine", "policy", "ALLOW");
        assertThat(diff("old", "old", "-g", path("groups")).exit()).isZero();
        Outcome here = diff("old", "new");
        assertThat(here.exit()).isEqualTo(2);
        assertThat(here.out())
                .contains("not rebuilt: 1, for want of the user's groups\n")
                .contains("groups: from this machine, as they are today\n");
    }

    @Test
    void what_was_hidden_or_cut_off_is_not_replayed_as_if_it_had_been_typed() throws IOException {
        record("alice", "CommandLine", "policy", "ALLOW", "--password=canary");
        record("alice", "CommandLine", "policy", "ALLOW", "x".repeat(40_000));
        Outcome outcome = diff("old", "new", "-g", path("groups"));
        assertThat(outcome.out())
                .contains("replayed: 0 of 2")
                .contains("not rebuilt: 2, for want of all of the arguments\n");
    }

    @Test
    void a_recorded_guard_is_there_again() throws IOException {
        record("alice", "CommandLine", "guard:unsafe-target", "DENY");
        Outcome outcome = diff("old", "new", "-g", path("groups"));
        assertThat(outcome.exit()).isZero();
        assertThat(outcome.out()).doesNotContain("recorded otherwise");
    }

    @Test
    void ab_97_no_record_drives_the_terminal() throws IOException {
        record("alice", "CommandLine", "policy", "ALLOW");
        String evil = "\\u001b[2J\\u202e\\u009b";
        String hostile = records.toString().replace("\"-x\"", "\"" + evil + "\"");
        records.setLength(0);
        records.append(hostile.replace("\"ALLOW\"", "\"" + evil + "\""));
        Outcome outcome = diff("old", "new", "-g", path("groups"));
        assertThat(outcome.out()).contains("\\x1b[2J").doesNotContain("\u001b");
        assertThat(diff("old", "new", "--json", "-g", path("groups")).out())
                .contains("\\u001b[2J")
                .doesNotContain("\u001b");
    }

    @Test
    void an_input_that_can_not_be_used_is_exit_2() throws IOException {
        refused("holds no POLICY_EVALUATION record", diff("old", "new"));
        records.append("{");
        refused("records`: line 1: ", diff("old", "new"));
        refused("could not read the policies: ", diff("old", "none"));
        refused("two sets of policies are needed", diff("old", "new", path("old")));
        refused("missing --replay", bench.run("policy diff", "a", "b"));
        Files.writeString(bench.folder().resolve("groups"), "alice\n");
        refused("line 1: user:group", diff("old", "new", "-g", path("groups")));
    }

    private static void refused(String why, Outcome outcome) {
        assertThat(outcome.err()).contains(why);
        assertThat(outcome.err().lines()).hasSize(1);
        assertThat(outcome.exit()).isEqualTo(2);
    }

    private Outcome diff(String before, String after, String... more) throws IOException {
        Files.writeString(bench.folder().resolve("records"), records);
        List<String> words = new java.util.ArrayList<>(List.of(more));
        words.add("--machine=web1");
        words.add("--replay=" + path("records"));
        words.add(path(before));
        words.add(path(after));
        return bench.run("policy diff", words.toArray(new String[0]));
    }

    private String path(String name) {
        return bench.folder().resolve(name).toString();
    }

    private void record(String user, String type, String codes, String outcome) {
        record(user, type, codes, outcome, "-x");
    }

    private void record(String user, String type, String codes, String outcome, String argument) {
        record(user, type, codes, outcome, argument, Map.of());
    }

    private void record(
            String user,
            String type,
            String codes,
            String outcome,
            String argument,
            Map<String, String> details) {
        AuditDraft.Builder draft =
                AuditDraft.of(AuditType.POLICY_EVALUATION, outcome)
                        .user(AuditDraft.UserInfo.of(user, 1001))
                        .target(
                                new AuditDraft.TargetInfo(
                                        "/none/tool", List.of("tool", argument), "", "/", "root"))
                        .detail("event_type", type)
                        .detail("codes", codes);
        details.forEach(draft::detail);
        records.append(
                        AuditChain.seal(
                                        draft.build(),
                                        ++seq,
                                        "id" + seq,
                                        Bench.NOW,
                                        "agent",
                                        "0.1.0",
                                        AuditChain.GENESIS)
                                .exported())
                .append('\n');
    }

    private void policy(String folder, String id, String type, String more, String control)
            throws IOException {
        Files.writeString(
                bench.folder().resolve(folder).resolve(id + ".json"),
                "{\"PolicyId\":\""
                        + id
                        + "\",\"PolicyName\":\"N\",\"PolicyType\":\""
                        + type
                        + "\",\"Status\":\"enforce\",\"Actions\":{\"OnSuccess\":{\"Controls\":[\""
                        + control
                        + "\"]}},\"UserCheck\":[\"*\"],\"ApplicationCheck\":[\"*\"],"
                        + more
                        + "}");
    }

    private void write(String folder, String controls) throws IOException {
        Path path = Files.createDirectory(bench.folder().resolve(folder));
        Files.writeString(
                path.resolve("p.json"),
                "{\"PolicyId\":\"p\",\"PolicyName\":\"N\",\"PolicyType\":\"CommandLine\","
                        + "\"Status\":\"enforce\",\"Actions\":{\"OnSuccess\":{\"Controls\":["
                        + controls
                        + "]}},\"UserCheck\":[\"%ops\"],\"MachineCheck\":[\"web1\"],"
                        + "\"ApplicationCheck\":[\"/none/tool\"]}");
    }
}
