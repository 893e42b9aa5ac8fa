package io.kepm.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.cli.Bench;
import io.kepm.cli.Bench.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ImportSudoersTest {

    private static final String JSON =
            "{\"Defaults\":[{\"Options\":[{\"env_reset\":true}]}],\"User_Specs\":[{\"User_List\":[{\"username\":\"alice\"}],"
                    + "\"Host_List\":[{\"hostname\":\"ALL\"}],\"Cmnd_Specs\":[{\"Options\":["
                    + "{\"authenticate\":false}],\"Commands\":[{\"command\":\"/usr/bin/id\"}]}]}]}";
    private static final String NOTES =
            "note `alice ALL = NOPASSWD: /usr/bin/id`: `/usr/bin/id`: sudoers names no arguments, so any are covered\n"
                    + "setting `Defaults env_reset`: a setting of sudo: not translated\n"
                    + "policies: 1, all of status monitor; parts of rules that are not translated: 0\n";

    private final Bench bench = new Bench().withEngine();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void policies_go_to_standard_output_and_warnings_beside_it() throws IOException {
        Outcome outcome = bench.run("policy import-sudoers", "--json-input", file(JSON));
        assertThat(outcome.out())
                .isEqualTo(
                        """
                        [
                          {
                            "PolicyId": "sudoers-001-1",
                            "PolicyName": "sudoers: alice ALL = NOPASSWD: /usr/bin/id",
                            "PolicyType": "CommandLine",
                            "Status": "monitor",
                            "Actions": {"OnSuccess":{"Controls":["ALLOW"]}},
                            "UserCheck": ["alice"],
                            "MachineCheck": ["*"],
                            "Extension": {"Commands":[{"Path":"/usr/bin/id","Args":[{"Rest":true}]}]}
                          }
                        ]
                        """);
        assertThat(outcome.err()).isEqualTo(NOTES.replaceAll("(?m)^(?=.)", "kepm: "));
        assertThat(outcome.exit()).isZero();
        assertThat(bench.run("policy import-sudoers", "--json", "--json-input", file(JSON)).out())
                .startsWith("{\"policies\":[{\"PolicyId\":\"sudoers-001-1\",")
                .contains(
                        "\"warnings\":[{\"rule\":\"alice ALL = NOPASSWD: /usr/bin/id\",\"message\":");
    }

    @Test
    void a_folder_gets_a_file_for_each_policy_and_none_is_written_over() throws IOException {
        String folder = bench.folder().resolve("new").toString();
        Outcome outcome =
                bench.run("policy import-sudoers", "--out", folder, "--json-input", file(JSON));
        assertThat(outcome).isEqualTo(new Outcome(0, NOTES, ""));
        Path policy = Path.of(folder, "sudoers-001-1.json");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(policy)))
                .isEqualTo("rw-------");
        assertThat(bench.run("policy check", folder).exit()).isZero();
        Outcome again =
                bench.run("policy import-sudoers", "--out", folder, "--json-input", file(JSON));
        assertThat(again.err())
                .isEqualTo("kepm: could not write `" + policy + "`: it exists already\n");
        assertThat(again.exit()).isEqualTo(2);
    }

    @Test
    void a_rule_that_is_not_there_in_whole_is_exit_1() throws IOException {
        String text = JSON.replace("\"hostname\":\"ALL\"", "\"netgroup\":\"x\\u001b[2J\"");
        Outcome outcome = bench.run("policy import-sudoers", "--json-input", file(text));
        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.err())
                .contains(
                        "LOST `alice +x\\x1b[2J = NOPASSWD: /usr/bin/id`: not translated: no host is left");
        assertThat(outcome.out()).isEqualTo("[]\n");
    }

    @Test
    void sudoers_is_read_by_the_program_of_sudo_with_an_empty_environment() throws IOException {
        Path sudoers = Files.writeString(bench.folder().resolve("rules"), "x");
        program(
                "[ \"$1 $2 $3 $5\" = \"-c /dev/null -f "
                        + sudoers
                        + "\" ] || exit 3\n"
                        + "[ -z \"${HOME-}${USER-}\" ] || exit 4\n"
                        + "[ \"$4\" = json ] || exit 0\necho 'a complaint' >&2\ncat <<'E'\n"
                        + JSON
                        + "\nE\n");
        Outcome outcome = bench.run("policy import-sudoers", sudoers.toString());
        assertThat(outcome.exit()).isZero();
        assertThat(outcome.out()).contains("sudoers-001-1");
        assertThat(outcome.err()).contains("kepm: note `" + sudoers + "`: a complaint\n");
    }

    @Test
    void what_can_not_be_used_is_exit_2_with_the_cause() throws IOException {
        String sudoers = file("x");
        refused(sudoers, "is not on this machine: install sudo");
        program("echo 'rules:1:1: syntax error' >&2\nexit 1\n");
        refused(sudoers, "refuses it: rules:1:1: syntax error");
        program("echo nonsense\n");
        refused(sudoers, "line 1: neither a text");
        program("printf '\\377'\n");
        refused(sudoers, "it holds bytes that are no UTF-8");
        assertThat(bench.run("policy import-sudoers", "/none").err())
                .isEqualTo(
                        "kepm: could not read the rules in `/none`: no such file or directory\n");
        assertThat(bench.run("policy import-sudoers", "--json-input", file("{\"a\":1}")).exit())
                .isEqualTo(2);
        program("exit 0\n");
        assertThat(bench.run("policy import-sudoers", sudoers).exit()).isZero();
    }

    private void refused(String sudoers, String why) {
        Outcome outcome = bench.run("policy import-sudoers", sudoers);
        assertThat(outcome.err()).contains(why);
        assertThat(outcome.err().lines()).hasSize(1);
        assertThat(outcome.exit()).isEqualTo(2);
    }

    private void program(String script) throws IOException {
        Path program = bench.folder().resolve("cvtsudoers");
        Files.writeString(program, "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    }

    private String file(String text) throws IOException {
        return Files.writeString(bench.folder().resolve("input"), text).toString();
    }
}
