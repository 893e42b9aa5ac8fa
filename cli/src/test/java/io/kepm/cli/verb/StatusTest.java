package io.kepm.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.cli.Bench;
import io.kepm.cli.Bench.Outcome;
import io.kepm.cli.text.Screen;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StatusTest {

    private static final String FORBIDDEN = "{\"title\":\"Not allowed\",\"status\":403}";

    private final Bench bench = new Bench();

    @BeforeEach
    void answers() {
        bench.agent()
                .answers("GET /health", health("healthy"))
                .answers(
                        "GET /api/system/status",
                        "{\"name\":\"KEPM agent\",\"status\":\"running\",\"version\":\"0.1.0\","
                                + "\"plugins\":{\"total\":0},\"jobs\":{\"total\":2,\"enabled\":1}}")
                .answers(
                        "GET /api/policies?limit=1",
                        "{\"revision\":\"3-1a2b3c4d\",\"sha256\":\"1a2b3c4d5e\","
                                + "\"loadedAt\":\"2026-11-25T06:00:00Z\",\"folder\":\"/p\","
                                + "\"failure\":[],\"count\":2,\"items\":[{}]}")
                .answers(
                        "GET /api/health",
                        "{\"status\":\"healthy\",\"checks\":[{\"name\":\"storage\","
                                + "\"state\":\"healthy\",\"detail\":\"open\",\"advice\":\"\"}]}")
                .answers(
                        "GET /api/grants",
                        "{\"items\":[{\"id\":\"G1\",\"user\":\"alice\",\"uid\":1001,"
                                + "\"path\":\"/usr/bin/apt\",\"argv\":[\"apt\",\"install\",\"htop\"],"
                                + "\"runAs\":\"root\",\"from\":\"2026-11-25T09:00:00Z\","
                                + "\"to\":\"2026-11-25T10:00:00Z\",\"why\":\"P1\"}]}")
                .answers("GET /api/requests", "{\"items\":[]}");
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void an_administrator_sees_the_whole_agent_on_one_screen() {
        Outcome outcome = bench.run("status");
        assertThat(outcome.out())
                .isEqualTo(
                        """
                        KEPM 0.1.0  healthy
                          policies  2, revision 3-1a2b3c4d
                          loaded    2026-11-25 07:00:00
                          plugins   0
                          jobs      2, 1 enabled

                          LEFT  USER   AS    COMMAND                    GRANT
                        30 min  alice  root  /usr/bin/apt install htop  G1
                        """);
        assertThat(outcome.exit()).isZero();
    }

    @Test
    void what_a_user_may_not_see_is_left_out() {
        bench.agent()
                .answers("GET /api/policies?limit=1", 403, FORBIDDEN)
                .answers("GET /api/health", 403, FORBIDDEN)
                .answers("GET /api/grants", "{\"items\":[]}");
        assertThat(bench.run("status").out())
                .isEqualTo(
                        """
                        KEPM 0.1.0  healthy
                          plugins  0
                          jobs     2, 1 enabled
                        """);
        assertThat(bench.run("status", "--json").out())
                .isEqualTo(
                        "{\"health\":"
                                + health("healthy")
                                + ",\"system\":{\"name\":\"KEPM agent\",\"status\":\"running\","
                                + "\"version\":\"0.1.0\",\"plugins\":{\"total\":0},"
                                + "\"jobs\":{\"total\":2,\"enabled\":1}},\"grants\":[],\"requests\":[]}\n");
    }

    @Test
    void ones_own_requests_are_there_with_the_time_that_is_left_and_nobody_elses() {
        bench.agent()
                .answers("GET /api/grants", "{\"items\":[]}")
                .answers(
                        "GET /api/requests",
                        "{\"items\":["
                                + request("aaaaaaaa", "Approved", true)
                                + ","
                                + request("bbbbbbbb", "Pending", false)
                                + ","
                                + request("cccccccc", "Used", true)
                                + "]}");
        assertThat(bench.run("status").out())
                .contains("aaaaaaaa", "Approved", "30 min", "/usr/bin/id -u")
                .doesNotContain("bbbbbbbb", "cccccccc");
    }

    @Test
    void what_came_to_nothing_in_the_last_week_is_told_to_who_was_not_there() {
        bench.agent()
                .answers("GET /api/grants", "{\"items\":[]}")
                .answers(
                        "GET /api/requests",
                        "{\"items\":["
                                + request("aaaaaaaa", "Denied", true)
                                + ","
                                + request("bbbbbbbb", "Withdrawn", true)
                                + ","
                                + request("cccccccc", "Expired", true)
                                        .replace("2026-11-25", "2026-11-17")
                                + "]}");
        assertThat(bench.run("status").out())
                .contains("aaaaaaaa", "Denied")
                .doesNotContain("bbbbbbbb", "cccccccc");
    }

    @Test
    void a_list_that_can_not_be_had_whole_is_said_and_not_shown_as_if_it_were() {
        bench.agent()
                .answers(
                        "GET /api/requests",
                        "{\"items\":["
                                + request("aaaaaaaa", "Approved", true)
                                + "],\"next\":\"a\"}");
        Outcome circle = bench.run("status");
        assertThat(circle.out()).startsWith("KEPM 0.1.0  healthy").doesNotContain("aaaaaaaa");
        assertThat(circle.err()).contains("/api/requests could not be read whole", "after `a`");
        assertThat(circle.exit()).isEqualTo(1);
        assertThat(bench.run("status", "--json").out()).doesNotContain("\"requests\"");
    }

    private static String request(String id, String state, boolean own) {
        return "{\"id\":\""
                + id
                + "\",\"user\":\"alice\",\"path\":\"/usr/bin/id\",\"argv\":[\"id\",\"-u\"],"
                + "\"runAs\":\"root\",\"state\":\""
                + state
                + "\",\"until\":\"2026-11-25T10:00:00Z\",\"own\":"
                + own
                + "}";
    }

    @Test
    void an_agent_that_is_unwell_says_why_although_it_answers_503() {
        bench.agent()
                .answers("GET /health", 503, health("unhealthy"))
                .answers("GET /api/grants", "{\"items\":[]}")
                .answers(
                        "GET /api/health",
                        "{\"status\":\"unhealthy\",\"checks\":[{\"name\":\"storage\","
                                + "\"state\":\"unhealthy\",\"detail\":\"disk full\","
                                + "\"advice\":\"make room\",\"since\":\"2026-11-25T09:15:03Z\"}]}");
        Outcome outcome = bench.run("status");
        assertThat(outcome.out())
                .startsWith("KEPM 0.1.0  unhealthy\n")
                .endsWith(
                        """
                          fail  storage           disk full
                                since 10:15:03
                                do: make room
                        """);
        assertThat(outcome.exit()).isEqualTo(1);
    }

    @Test
    void colours_are_for_terminals_only() {
        assertThat(bench.run("status").out()).doesNotContain("\u001b");
        bench.on(new Screen(true, 80, true, true));
        assertThat(bench.run("status").out())
                .contains("\u001b[1mKEPM 0.1.0\u001b[0m  \u001b[32mhealthy\u001b[0m");
    }

    private static String health(String status) {
        return "{\"status\":\""
                + status
                + "\",\"timestamp\":\"2026-11-25T09:30:00Z\",\"version\":\"0.1.0\"}";
    }
}
