package io.kepm.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.cli.Bench;
import io.kepm.cli.Bench.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RightsTest {

    private static final String RIGHTS =
            "{\"user\":\"alice\",\"governed\":true,\"items\":["
                    + "{\"policyId\":\"P1\",\"policyName\":\"Restart a service\","
                    + "\"type\":\"CommandLine\",\"commands\":[\"/usr/bin/systemctl restart"
                    + " nginx|postgresql\",\"/usr/bin/journalctl\"],\"runAs\":[\"root\"],"
                    + "\"controls\":[\"ALLOW\"]},"
                    + "{\"policyId\":\"P2\",\"policyName\":\"Backup\",\"type\":\"CommandLine\","
                    + "\"commands\":[\"/usr/bin/backup\"],\"runAs\":[\"root\",\"backup\"],"
                    + "\"controls\":[\"JUSTIFY\",\"APPROVAL\",\"AUDIT\"]},"
                    + "{\"policyId\":\"P3\",\"policyName\":\"\",\"type\":\"CommandLine\","
                    + "\"commands\":[],\"runAs\":[\"root\"],\"controls\":[\"DENY\"]}]}";

    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void a_user_sees_what_runs_as_whom_and_what_it_needs() {
        bench.agent().answers("GET /api/entitlements", RIGHTS);
        Outcome outcome = bench.run("list");
        assertThat(outcome.out())
                .isEqualTo(
                        """
                        alice is under policy: sudo runs what is listed here, and nothing else.

                        COMMAND                                      AS            NEEDS             POLICY
                        /usr/bin/systemctl restart nginx|postgresql  root          nothing           Restart a service
                        /usr/bin/journalctl                          root          nothing           Restart a service
                        /usr/bin/backup                              root, backup  reason, approval  Backup
                        every command                                root          denied            P3
                        """);
        assertThat(outcome.exit()).isZero();
    }

    @Test
    void on_a_narrow_terminal_the_longest_column_is_cut() {
        bench.agent().answers("GET /api/entitlements", RIGHTS);
        assertThat(bench.onTerminal(80).run("list").out())
                .contains(
                        """
                        COMMAND                        AS            NEEDS             POLICY
                        /usr/bin/systemctl restart n…  root          nothing           Restart a service
                        """);
    }

    @Test
    void somebody_without_rights_is_told_so() {
        bench.agent()
                .answers(
                        "GET /api/entitlements?user=bob%20b",
                        "{\"user\":\"bob b\",\"governed\":false,\"items\":[]}");
        assertThat(bench.run("list", "--user", "bob b").out())
                .isEqualTo(
                        """
                        bob b is not under policy: the rules of sudo itself apply beside what is listed here.
                        No policy here lets bob b run anything with other rights.
                        """);
    }

    @Test
    void json_is_what_the_agent_said() {
        bench.agent().answers("GET /api/entitlements", RIGHTS);
        assertThat(bench.run("list", "--json").out()).isEqualTo(RIGHTS + "\n");
    }

    @Test
    void asking_for_somebody_else_is_refused_in_one_line() {
        bench.agent()
                .answers(
                        "GET /api/entitlements",
                        403,
                        "{\"type\":\"about:blank\",\"title\":\"Not allowed\",\"status\":403,"
                                + "\"detail\":\"you may ask for yourself only\\n\\u001b[2J\"}");
        assertThat(bench.run("list", "--user=root"))
                .isEqualTo(
                        new Outcome(
                                126,
                                "",
                                "kepm: refused: you may ask for yourself only\\x0a\\x1b[2J\n"));
    }

    @Test
    void grants_show_the_time_left() {
        bench.agent().answers("GET /api/grants", "{\"items\":[]}");
        assertThat(bench.run("grants").out()).isEqualTo("No grant is live.\n");
        String grants =
                "{\"items\":[{\"id\":\"G1\",\"user\":\"alice\",\"path\":\"/bin/x\",\"argv\":[\"innocent\"],"
                        + "\"runAs\":\"bob\",\"to\":\"2026-11-25T11:35:00Z\"}],\"next\":null}";
        bench.agent().answers("GET /api/grants", grants);
        assertThat(bench.run("grants").out())
                .isEqualTo(
                        """
                              LEFT  USER   AS   COMMAND  GRANT
                        2 h 05 min  alice  bob  /bin/x   G1
                        """);
        assertThat(bench.run("grants", "--json").out()).isEqualTo(grants + "\n");
    }
}
