package io.kepm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.cli.Bench.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KepmTest {

    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void without_a_verb_the_verbs_are_listed() {
        Outcome outcome = bench.words(List.of());
        assertThat(outcome.exit()).isEqualTo(2);
        assertThat(outcome.out()).startsWith("usage: kepm VERB [OPTION…] [ARGUMENT…]\n");
        for (String name : Verbs.NAMES) {
            assertThat(outcome.out()).contains("\n  " + name + " ");
        }
        assertThat(bench.words(List.of("help")).exit()).isZero();
        assertThat(bench.words(List.of("audit")).out())
                .contains("audit verify")
                .doesNotContain("doctor");
    }

    @Test
    void every_verb_has_a_page() {
        for (String name : Verbs.NAMES) {
            List<String> words = new ArrayList<>(Arrays.asList(name.split(" ")));
            words.add("--help");
            Outcome asked = bench.words(words);
            words.remove(words.size() - 1);
            words.add(0, "help");
            assertThat(asked.exit()).as(name).isZero();
            assertThat(asked.out()).startsWith("usage: kepm " + name + " ").contains("--json");
            assertThat(asked.out()).doesNotContain("socket").doesNotContain("%n");
            assertThat(bench.words(words)).isEqualTo(asked);
        }
    }

    @Test
    void a_slip_of_the_pen_gets_a_suggestion() {
        assertThat(bench.words(List.of("statsu")))
                .isEqualTo(
                        new Outcome(
                                2,
                                "",
                                "kepm: unknown verb `statsu`: did you mean `kepm status`?\n"));
        assertThat(bench.words(List.of("frobnicate", "--x")).err())
                .isEqualTo("kepm: unknown verb `frobnicate`: `kepm help` lists them\n");
        assertThat(bench.words(List.of("audit", "x\u001b[2J")).err())
                .isEqualTo("kepm: unknown verb `audit x\\x1b[2J`: `kepm help` lists them\n");
    }

    @Test
    void what_is_not_understood_is_said_in_one_line() {
        refused("unknown argument `--bad`", "status", "--bad");
        refused("unknown argument `more`", "status", "more");
        refused("missing SEQ", "audit", "show");
        refused("missing --limit N", "audit", "list", "--limit");
        refused("an option was given twice", "audit", "list", "--user=a", "--user=b");
        refused("missing CMD", "run", "-m", "why");
        refused("unknown argument `\\x1b[2J`", "status", "\u001b[2J");
    }

    @Test
    void a_word_with_an_at_sign_is_a_word_and_not_a_file() {
        assertThat(bench.words(List.of("audit", "show", "@/etc/hostname")).err())
                .isEqualTo("kepm: `@/etc/hostname` is no record number\n");
    }

    @Test
    void run_gives_the_client_the_rest_of_the_line_untouched() {
        Outcome outcome =
                bench.words(
                        List.of(
                                "run",
                                "-mneeded",
                                "--user=bob",
                                "--",
                                "ls",
                                "--help",
                                "-m",
                                "--",
                                "@x",
                                "${y}"));
        assertThat(outcome).isEqualTo(new Outcome(7, "", ""));
        assertThat(bench.launched())
                .singleElement()
                .asString()
                .matches(
                        "/bin/sh\\|-m\\|needed\\|-u\\|bob\\|--\\|ls\\|--help\\|-m\\|--\\|@x\\|\\$\\{y\\}");
    }

    @Test
    void an_agent_that_is_away_is_125_with_what_to_do() {
        assertThat(bench.words(List.of("grants", "--socket=/none/agent.sock")))
                .isEqualTo(
                        new Outcome(
                                125,
                                "",
                                "kepm: agent is not reachable at /none/agent.sock: no such file or directory"
                                        + " — is KeeperPrivilegeManager running?"
                                        + " (systemctl status KeeperPrivilegeManager)\n"));
    }

    @Test
    void an_agent_that_talks_nonsense_is_no_answer() {
        bench.agent().raw("GET /api/grants", "SSH-2.0\r\n\r\n");
        assertThat(bench.run("grants").err()).contains("the answer is not HTTP");
        bench.agent().answers("GET /api/grants", "{\"items\":");
        Outcome outcome = bench.run("grants");
        assertThat(outcome.err()).startsWith("kepm: the agent's answer is not JSON: line 1");
        assertThat(outcome.exit()).isEqualTo(125);
        bench.agent().answers("GET /api/grants", 502, "<html>");
        assertThat(bench.run("grants"))
                .isEqualTo(
                        new Outcome(
                                1,
                                "",
                                "kepm: the agent answered with HTTP status 502 and no reason\n"));
        bench.agent().answers("GET /api/grants", 403, "");
        assertThat(bench.run("grants").exit()).isEqualTo(126);
    }

    @Test
    void the_version_needs_nobody() {
        assertThat(bench.words(List.of("--version")).out()).matches("kepm [0-9.]+\n");
        assertThat(bench.words(List.of("version", "--json")).out())
                .matches("\\{\"version\":\"[0-9.]+\"\\}\n");
    }

    private void refused(String why, String... words) {
        Outcome outcome = bench.words(List.of(words));
        assertThat(outcome.err()).startsWith("kepm: " + why).endsWith("\n");
        assertThat(outcome.err().lines()).hasSize(1);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.exit()).isEqualTo(2);
    }
}
