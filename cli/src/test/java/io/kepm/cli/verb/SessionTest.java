package io.kepm.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.cli.Bench;
import io.kepm.cli.Bench.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SessionTest {

    private static final String SESSION =
            "{\"id\":\"0193f3a1-7\",\"user\":\"alice\",\"runAs\":\"root\",\"argv\":[\"id\",\"\\u001b[2J\"],"
                    + "\"begun\":\"2026-11-26T10:00:00Z\",\"state\":\"CUT\"}";

    private final Bench bench = new Bench();

    @BeforeEach
    void answers() {
        bench.agent()
                .answers(
                        "GET /api/sessions/0193f3a1-7/events?from=90-1",
                        "{\"items\":[{\"micros\":2500000,\"kind\":\"o\",\"text\":\"bye\\r\\n\"}],\"next\":null}");
        bench.agent()
                .answers(
                        "GET /api/sessions/0193f3a1-7/events?from=0-0",
                        "{\"items\":[{\"micros\":0,\"kind\":\"r\",\"text\":\"101x33\"},"
                                + "{\"micros\":1000,\"kind\":\"o\",\"text\":\"\\u001b[31mred\\u001b]0;title\\u0007\"}],"
                                + "\"next\":\"90-1\"}");
        bench.agent().answers("GET /api/sessions/0193f3a1 ", SESSION);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void the_list_shows_who_ran_what_and_how_far_it_got() {
        bench.agent().answers("GET /api/sessions", "{\"items\":[" + SESSION + "]}");
        Outcome outcome = bench.run("session list");
        assertThat(outcome.out()).contains("0193f3a1-7", "cut", "alice", "root", "id ");
        assertThat(outcome.out()).doesNotContain("\u001b[2J");
        assertThat(bench.run("session list", "--user", "bob").out()).contains("RECORD");
    }

    @Test
    void it_is_played_without_what_would_act_on_this_terminal() {
        Outcome outcome = bench.run("session play", "0193f3a1");
        assertThat(outcome.out()).isEqualTo("\u001b[31mredbye\r\n");
        assertThat(outcome.err()).contains("its command was ended, or the agent");
    }

    @Test
    void it_is_exported_for_other_players() {
        assertThat(bench.run("session export", "0193f3a1").out().lines())
                .satisfiesExactly(
                        head ->
                                assertThat(head)
                                        .contains(
                                                "\"version\":2", "\"width\":101", "\"height\":33"),
                        size -> assertThat(size).contains("\"r\",\"101x33\""),
                        red -> assertThat(red).startsWith("[0.001000,\"o\","),
                        bye -> assertThat(bye).startsWith("[2.500000,\"o\",\"bye"));
    }

    @Test
    void mistakes_are_told() {
        assertThat(bench.run("session play", "x y").err()).contains("no id of a recording");
        assertThat(bench.run("session play", "--speed", "0", "0193f3a1").err())
                .contains("--speed `0` is out of its range");
    }
}
