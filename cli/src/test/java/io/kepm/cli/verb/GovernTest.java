package io.kepm.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.cli.Bench;
import io.kepm.cli.Bench.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GovernTest {

    private static final String PLAN =
            "{\"subject\":\"alice\",\"users\":[\"alice\"],\"steps\":[\"add alice to kepm-users\"],"
                    + "\"warnings\":[\"alice is in the group sudo\"],\"fault\":\"\"}";

    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void the_plan_comes_first_and_a_yes_does_it() {
        bench.agent().answers("POST /api/governed", PLAN);
        Outcome outcome = bench.onTerminal(80).typing("y\n").run("govern", "alice");
        assertThat(outcome.out())
                .isEqualTo(
                        """
                        To bring alice under policy:
                          - add alice to kepm-users
                          ! alice is in the group sudo
                        done: alice is under policy now
                          ! alice is in the group sudo
                        """);
        assertThat(outcome.err()).isEqualTo("Change alice now? [y/N] ");
        assertThat(bench.agent().asked()).hasSize(2);
        assertThat(bench.agent().asked().get(0))
                .endsWith("{\"subject\":\"alice\",\"action\":\"plan\"}");
        assertThat(bench.agent().lastBody())
                .isEqualTo("{\"subject\":\"alice\",\"action\":\"govern\"}");
    }

    @Test
    void anything_but_a_yes_changes_nothing() {
        bench.agent().answers("POST /api/governed", PLAN);
        Outcome outcome = bench.onTerminal(80).typing("\n").run("govern", "alice");
        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.err()).endsWith("kepm: nothing was changed\n");
        assertThat(bench.agent().asked()).hasSize(1);
    }

    @Test
    void without_a_terminal_nothing_is_done_unless_told() {
        bench.agent().answers("POST /api/governed", PLAN);
        Outcome outcome = bench.run("govern", "alice");
        assertThat(outcome.exit()).isEqualTo(2);
        assertThat(outcome.err())
                .isEqualTo("kepm: there is no terminal to ask on: repeat it with --yes\n");
        assertThat(bench.agent().asked()).hasSize(1);
        assertThat(bench.run("govern", "alice", "--yes").exit()).isZero();
        assertThat(bench.agent().asked()).hasSize(3);
    }

    @Test
    void the_plan_alone_changes_nothing() {
        bench.agent().answers("POST /api/governed", PLAN);
        assertThat(bench.run("govern", "--plan", "--json", "alice").out()).isEqualTo(PLAN + "\n");
        assertThat(bench.agent().lastBody()).contains("\"plan\"");
    }

    @Test
    void json_with_yes_prints_one_value() {
        bench.agent().answers("POST /api/governed", PLAN);
        assertThat(bench.run("govern", "--yes", "--json", "alice").out()).isEqualTo(PLAN + "\n");
        assertThat(bench.agent().asked()).hasSize(1);
    }

    @Test
    void the_way_back_needs_a_yes_too() {
        bench.agent().answers("POST /api/governed", PLAN.replace("add alice to", "remove"));
        assertThat(bench.run("ungovern", "alice").exit()).isEqualTo(2);
        assertThat(bench.agent().asked()).isEmpty();
        assertThat(bench.run("ungovern", "alice", "-y").out())
                .startsWith("done: alice is out of policy now\n");
        assertThat(bench.agent().lastBody())
                .isEqualTo("{\"subject\":\"alice\",\"action\":\"ungovern\"}");
    }

    @Test
    void a_fault_of_the_plan_is_a_failure_of_the_command() {
        bench.agent()
                .answers(
                        "POST /api/governed",
                        "{\"subject\":\"%x\",\"users\":[],\"steps\":[],\"warnings\":[],"
                                + "\"fault\":\"no group `x`\"}");
        assertThat(bench.run("govern", "%x", "--yes"))
                .isEqualTo(new Outcome(1, "", "kepm: nothing was changed: no group `x`\n"));
    }
}
