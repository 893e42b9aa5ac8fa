package io.kepm.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.cli.Bench;
import io.kepm.cli.Bench.Outcome;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DoctorTest {

    private static final String MIXED =
            "{\"status\":\"unhealthy\",\"checks\":["
                    + "{\"name\":\"audit chain\",\"state\":\"healthy\",\"detail\":\"1,204 records\",\"advice\":\"\"},"
                    + "{\"name\":\"policy set\",\"state\":\"degraded\",\"detail\":\"the last load was refused\","
                    + "\"advice\":\"kepm policy check\"},"
                    + "{\"name\":\"sudo canary\",\"state\":\"unhealthy\",\"detail\":\"the denied command ran\","
                    + "\"advice\":\"apt install --reinstall kepm\"}]}";

    private static final String WAY =
            "{\"name\":\"kepm run\",\"state\":\"healthy\",\"detail\":\"by sudo: it asks; what it can't"
                    + " carry is refused, as systemd does not run this system\",\"advice\":\"\"}";

    private final Bench bench = new Bench();

    @BeforeEach
    void client() {
        bench.client("sudo", "it asks");
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void each_check_is_a_line_with_what_to_do_below() {
        bench.agent().answers("GET /api/health", MIXED);
        Outcome outcome = bench.run("doctor");
        assertThat(outcome.out())
                .isEqualTo(
                        """
                          ok    audit chain       1,204 records
                          warn  policy set        the last load was refused
                                do: kepm policy check
                          fail  sudo canary       the denied command ran
                                do: apt install --reinstall kepm
                          ok    kepm run          by sudo: it asks; what it can't carry is refused, as systemd does not run this system

                        checks: 4, failed: 1, warnings: 1
                        """);
        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(bench.run("doctor", "--json").out())
                .isEqualTo(MIXED.replace("]}", "," + WAY + "]}") + "\n");
    }

    @Test
    void a_warning_alone_is_no_failure() {
        bench.agent()
                .answers(
                        "GET /api/health",
                        "{\"status\":\"degraded\",\"checks\":[{\"name\":\"x\",\"state\":\"degraded\","
                                + "\"detail\":\"d\",\"advice\":\"a\"}]}");
        assertThat(bench.run("doctor").exit()).isZero();
    }

    @Test
    void it_says_which_way_kepm_run_takes_and_why() throws Exception {
        bench.agent().answers("GET /api/health", MIXED);
        bench.client("own", "there is no sudo");
        assertThat(bench.run("doctor").out())
                .contains("fail  kepm run          no way: there is no sudo, and systemd does not");
        Files.createDirectory(bench.folder().resolve("manager"));
        assertThat(bench.run("doctor").out())
                .contains("fail  kepm run          no way: there is no sudo, and the agent has no");
        bench.client("sudo", "it asks");
        assertThat(bench.run("doctor").out()).contains("by sudo: it asks; what it can't carry is");
        bench.client("own", "there is no sudo");
        Files.createFile(bench.folder().resolve("run.sock"));
        assertThat(bench.run("doctor").out())
                .contains(
                        "ok    kepm run          by its own client, started by systemd: there is");
        bench.client("sudo", "it asks");
        assertThat(bench.run("doctor").out()).contains("systemd starts what sudo can't carry");
        Files.delete(bench.folder().resolve("kepm-run"));
        assertThat(bench.run("doctor").out())
                .contains("fail  kepm run", "kepm-run is missing", "do: install the package again");
    }

    @Test
    void an_agent_that_is_away_is_the_finding() {
        Outcome outcome = bench.words(List.of("doctor", "--socket=/none/agent.sock"));
        assertThat(outcome.out())
                .startsWith(
                        "  fail  agent             agent is not reachable at /none/agent.sock: no such file")
                .contains("        do: systemctl start KeeperPrivilegeManager\n");
        assertThat(outcome.exit()).isEqualTo(1);
    }

    @Test
    void no_check_and_no_known_state_is_never_well() {
        bench.agent().answers("GET /api/health", "{\"status\":\"healthy\",\"checks\":[]}");
        assertThat(bench.run("doctor").exit()).isEqualTo(1);
        bench.agent()
                .answers(
                        "GET /api/health",
                        "{\"status\":\"healthy\",\"checks\":[{\"name\":\"x\",\"state\":\"splendid\"}]}");
        assertThat(bench.run("doctor").exit()).isEqualTo(1);
    }
}
