package io.kepm.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.cli.Bench;
import io.kepm.cli.Bench.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WhoCanRunTest {

    private final Bench bench = new Bench();

    @BeforeEach
    void policies() throws IOException {
        Path folder = Files.createDirectory(bench.folder().resolve("policies"));
        write(
                folder,
                "a",
                "enforce",
                "\"MFA\",\"RECORD\"",
                "\"UserCheck\":[\"alice\",\"%ops\"],\"DayCheck\":[1]");
        write(
                folder,
                "b",
                "enforce",
                "\"DENY\"",
                "\"UserCheck\":[\"eve\"],\"MachineCheck\":[\"web1\"]");
        write(folder, "c", "monitor", "\"ALLOW\"", "\"UserCheck\":[\"*\"]");
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void the_policies_of_a_command_are_told_with_whom_they_name() {
        assertThat(bench.run("policy who-can", "--", "/none/tool", "-x"))
                .isEqualTo(
                        new Outcome(
                                0,
                                """
                                /none/tool -x

                                given by `Na` (a, enforce)
                                  who      alice, %ops
                                  on       *
                                  as       root
                                  outcome  MFA, RECORD
                                  only     days Mon

                                ruled out by `Nb` (b, enforce)
                                  who      eve
                                  on       web1
                                  as       *
                                  outcome  DENY

                                watched by `Nc` (c, monitor)
                                  who      *
                                  on       *
                                  as       root
                                  outcome  ALLOW

                                Who is named by both is denied.
                                """,
                                ""));
    }

    @Test
    void the_same_for_machines() {
        Outcome outcome = bench.run("policy who-can", "--json", "--", "/none/tool");
        assertThat(outcome.out())
                .startsWith(
                        "{\"path\":\"/none/tool\",\"realPath\":\"/none/tool\",\"argv\":[\"/none/tool\"],"
                                + "\"sha256\":null,\"unsafe\":[],\"policies\":[{\"policyId\":\"a\",\"policyName\":\"Na\","
                                + "\"policyVersion\":1,\"status\":\"enforce\",\"outcome\":\"PENDING\","
                                + "\"users\":[\"alice\",\"%ops\"],\"machines\":[\"*\"],\"runAs\":[\"root\"],"
                                + "\"controls\":[\"MFA\",\"RECORD\"],\"limits\":[\"days Mon\"],"
                                + "\"uncertain\":false,\"reason\":\"\"},");
    }

    @Test
    void a_command_that_no_policy_in_force_gives_is_exit_1() {
        Outcome outcome = bench.run("policy who-can", "/none/other");
        assertThat(outcome)
                .isEqualTo(
                        new Outcome(
                                1, "/none/other\nNo policy in force gives it to anybody.\n", ""));
        assertThat(bench.run("policy who-can", "no-such-command").err())
                .isEqualTo("kepm: no such command `no-such-command`: give its path\n");
        assertThat(bench.run("policy who-can", "--json", "sh").out()).contains("\"sha256\":\"");
        assertThat(bench.run("policy who-can", "--json", "sudoedit", "/etc/x").out())
                .startsWith("{\"path\":\"/usr/bin/sudoedit\"");
    }

    @Test
    void the_settings_of_the_machine_or_the_named_ones_are_gone_by() throws IOException {
        Path other =
                Files.writeString(
                        bench.folder().resolve("other.json"),
                        "{\"Settings\":{\"PolicyEngine\":{\"enforceForAdministrators\":false,"
                                + "\"AdminGroups\":[\"wheel\",\"ops\"],\"unmatched\":\"os\"}}}");
        String free =
                "By the settings, root and members of ops, wheel are not governed by any policy.";
        Outcome named = bench.run("policy who-can", "-s", other.toString(), "/none/tool");
        assertThat(named.out()).contains(free).contains("left to the rules of the system");
        assertThat(bench.run("policy who-can", "/none/tool").out())
                .doesNotContain("By the settings");
        Files.copy(other, bench.folder().resolve("appsettings.json"));
        assertThat(bench.run("policy who-can", "/none/tool").out()).contains(free);
        assertThat(bench.run("policy who-can", "--json", "/none/tool").out())
                .endsWith(
                        "\"settings\":{\"unmatched\":\"os\",\"ungoverned\":[\"ops\",\"wheel\"]}}\n");
        Files.writeString(other, "{\"Settings\":{\"PolicyEngine\":{\"unmatched\":\"allow\"}}}");
        Outcome bad = bench.run("policy who-can", "-s", other.toString(), "/none/tool");
        assertThat(bad.exit()).isEqualTo(2);
        assertThat(bad.err()).contains("Settings.PolicyEngine.unmatched");
    }

    @Test
    void a_program_that_others_could_change_is_not_given_and_its_signature_is_not_believed()
            throws IOException {
        Path open = Files.createDirectory(bench.folder().resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path tool = Files.writeString(open.resolve("tool"), "#!/bin/sh\n");
        Path policy = bench.folder().resolve("policies/c.json");
        String text = Files.readString(policy).replace("/none/tool", tool.toString());
        Files.writeString(policy, text.replace("monitor", "enforce"));

        Outcome outcome = bench.run("policy who-can", tool.toString());
        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.out())
                .contains("ruled out by `Nc`", "could have been changed by somebody else", "open");
        assertThat(bench.run("policy who-can", "--json", tool.toString()).out())
                .contains("\"unsafe\":[\"", "by others: " + open + " (mode 0777)");
        assertThat(bench.run("policy who-can", "--json", "sh").out()).contains("\"unsafe\":[],");
    }

    @Test
    void a_signature_that_no_decision_would_look_at_is_none() throws IOException {
        Path program = Files.writeString(bench.folder().resolve("p"), "x");
        Path signature = Files.write(bench.folder().resolve("p.sig"), new byte[64 << 10]);
        assertThat(SignedOnDisk.unfit(program, signature)).isEmpty();
        Files.write(signature, new byte[(64 << 10) + 1]);
        assertThat(SignedOnDisk.unfit(program, signature))
                .contains("its signature is larger than 64 KiB");
        Files.delete(signature);
        Files.createSymbolicLink(signature, program);
        assertThat(SignedOnDisk.unfit(program, signature))
                .contains("its signature is no regular file");
    }

    @Test
    void the_way_to_a_program_is_looked_at_with_its_links_and_interpreters() throws IOException {
        Path link = Files.createSymbolicLink(bench.folder().resolve("sh"), Path.of("/bin/sh"));
        assertThat(OthersCanChange.why(Path.of("/bin/sh"))).isEmpty();
        assertThat(OthersCanChange.why(link)).isNotEmpty();
        Path round = bench.folder().resolve("round");
        Files.createSymbolicLink(round, round);
        assertThatThrownBy(() -> OthersCanChange.why(round)).hasMessage("too many links");
    }

    @Test
    void policies_that_are_refused_or_not_there_are_no_answer() throws IOException {
        Path bad = Files.writeString(bench.folder().resolve("bad.json"), "{");
        assertThat(bench.run("policy who-can", "-p", bad.toString(), "ls"))
                .satisfies(o -> assertThat(o.exit()).isEqualTo(2))
                .satisfies(o -> assertThat(o.err()).contains("can't be used: bad.json: "));
        assertThat(bench.run("policy who-can", "-p", "/none", "ls"))
                .isEqualTo(
                        new Outcome(
                                2,
                                "",
                                "kepm: could not read the policies: /none: no such file or directory\n"));
    }

    private static void write(
            Path folder, String id, String status, String controls, String filters)
            throws IOException {
        Files.writeString(
                folder.resolve(id + ".json"),
                "{\"PolicyId\":\""
                        + id
                        + "\",\"PolicyName\":\"N"
                        + id
                        + "\",\"PolicyType\":\"CommandLine\",\"Status\":\""
                        + status
                        + "\",\"Actions\":{\"OnSuccess\":{\"Controls\":["
                        + controls
                        + "]}},"
                        + filters
                        + ",\"ApplicationCheck\":[\"/none/tool\"]}");
    }
}
