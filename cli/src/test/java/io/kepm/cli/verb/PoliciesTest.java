package io.kepm.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.cli.Bench;
import io.kepm.cli.Bench.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PoliciesTest {

    private static final String SET =
            "\"revision\":\"3-1a2b3c4d\",\"sha256\":\"1a\",\"loadedAt\":\"2026-11-25T06:00:00Z\","
                    + "\"folder\":\"/opt/keeper/sbin/policies\",\"failure\":[],\"count\":1,\"items\":["
                    + "{\"id\":\"P1\",\"name\":\"Restart\",\"version\":12,\"type\":\"CommandLine\","
                    + "\"status\":\"enforce\",\"controls\":[\"MFA\",\"JUSTIFY\"],\"file\":\"a.json\"}]";

    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void the_set_in_force_is_a_table() {
        bench.agent().answers("GET /api/policies", "{" + SET + "}");
        assertThat(bench.run("policy list").out())
                .isEqualTo(
                        """
                        1 policy, revision 3-1a2b3c4d, from /opt/keeper/sbin/policies

                        POLICY  VERSION  STATUS   TYPE         CONTROLS      NAME
                        P1           12  enforce  CommandLine  MFA, JUSTIFY  Restart
                        """);
        assertThat(bench.run("policy list", "--json").out()).isEqualTo("{" + SET + "}\n");
    }

    @Test
    void a_set_that_does_not_fit_into_one_answer_is_shown_whole() {
        String page = "{" + SET.replace("\"items\"", "\"next\":%s,\"limit\":1,\"items\"") + "}";
        bench.agent()
                .answers("GET /api/policies", page.formatted("\"P1\""))
                .answers(
                        "GET /api/policies?after=P1",
                        page.formatted("null").replace("\"id\":\"P1\"", "\"id\":\"P2\""));
        assertThat(bench.run("policy list").out())
                .startsWith("2 policies,")
                .contains("\nP1 ", "\nP2 ");
        assertThat(bench.run("policy list", "--json").out())
                .contains("\"id\":\"P1\"", "\"id\":\"P2\"", "\"next\":null");
    }

    @Test
    void a_reload_says_what_is_in_force_now() {
        bench.agent().answers("POST /api/policies/reload", "{" + SET + "}");
        Outcome outcome = bench.run("policy reload");
        assertThat(outcome.out()).isEqualTo("policies in force: 1, revision 3-1a2b3c4d\n");
        assertThat(outcome.exit()).isZero();
        assertThat(bench.agent().lastBody()).isEqualTo("{}");
    }

    @Test
    void a_refused_reload_names_each_fault_and_the_set_that_stays() {
        String refused =
                "{\"title\":\"Invalid content\",\"status\":422,\"detail\":\"refused\",\"errors\":[],"
                        + SET.replace(
                                "\"failure\":[]",
                                "\"failure\":[\"b.json: policy `X`: Status: missing\"]")
                        + "}";
        bench.agent().answers("POST /api/policies/reload", 422, refused);
        Outcome outcome = bench.run("policy reload");
        assertThat(outcome.out())
                .isEqualTo(
                        """
                        The last load was refused; the set in force is an older one:
                          b.json: policy `X`: Status: missing
                        policies in force, as before: 1, revision 3-1a2b3c4d
                        """);
        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(bench.run("policy reload", "--json").out()).isEqualTo(refused + "\n");
    }

    @Test
    void an_explanation_shows_every_filter() {
        bench.agent()
                .answers(
                        "POST /api/policies/explain",
                        "{\"requestId\":\"R\",\"decision\":\"PENDING\",\"controls\":[\"JUSTIFY\"],"
                                + "\"reasons\":[{\"code\":\"policy\",\"text\":\"policy `Backup` asks"
                                + " for a justification\",\"policyId\":\"P2\",\"policyVersion\":1,"
                                + "\"filters\":[]}],\"revision\":\"3-1a2b3c4d\",\"wouldHave\":["
                                + "{\"policyId\":\"P9\",\"outcome\":\"DENY\"}],\"considered\":["
                                + "{\"code\":\"policy\",\"text\":\"policy `Backup` (P2, version 1, enforce) matches\",\"policyId\":\"P2\","
                                + "\"policyVersion\":1,\"filters\":[{\"filter\":\"user\",\"matched\":true,"
                                + "\"detail\":\"`alice` is listed\"}]},"
                                + "{\"code\":\"policy\",\"text\":\"policy `Noon` (P3, version 4, enforce) does not match\",\"policyId\":\"P3\","
                                + "\"policyVersion\":4,\"filters\":[{\"filter\":\"user\",\"matched\":true,"
                                + "\"detail\":\"`*`\"},{\"filter\":\"command\",\"matched\":false,"
                                + "\"detail\":\"argument 1 is `now`, not `later`\"}]}]}");
        Outcome outcome =
                bench.run(
                        "policy explain",
                        "--user",
                        "alice",
                        "--cwd=/tmp",
                        "--",
                        "backup",
                        "--now",
                        "--");
        assertThat(outcome.out())
                .isEqualTo(
                        """
                        alice: backup --now -- (as root)
                        PENDING after JUSTIFY  revision 3-1a2b3c4d
                          because: policy `Backup` asks for a justification
                          `P9`, which only watches, would have said DENY

                        2 policies were considered:
                          + policy `Backup` (P2, version 1, enforce) matches
                              + user: `alice` is listed
                          - policy `Noon` (P3, version 4, enforce) does not match
                              + user: `*`
                              - command: argument 1 is `now`, not `later`
                        """);
        assertThat(bench.agent().lastBody())
                .isEqualTo(
                        "{\"user\":\"alice\",\"type\":\"CommandLine\",\"argv\":[\"backup\",\"--now\",\"--\"],"
                                + "\"runAs\":\"root\",\"cwd\":\"/tmp\"}");
    }

    @Test
    void a_question_that_the_agent_cannot_answer_names_the_argument() {
        bench.agent()
                .answers(
                        "POST /api/policies/explain",
                        422,
                        "{\"title\":\"Invalid content\",\"status\":422,\"detail\":\"correct it\",\"errors\":["
                                + "{\"pointer\":\"/user\",\"detail\":\"no such user\"},"
                                + "{\"pointer\":\"/argv/0\",\"detail\":\"no such command\"}]}");
        assertThat(bench.run("policy explain", "-u", "x", "ls"))
                .isEqualTo(
                        new Outcome(
                                1,
                                "",
                                "kepm: `/user`: no such user; `/argv/0`: no such command\n"));
        assertThat(bench.run("policy explain", "ls").err())
                .isEqualTo("kepm: missing --user USER: see `kepm help policy explain`\n");
    }
}
