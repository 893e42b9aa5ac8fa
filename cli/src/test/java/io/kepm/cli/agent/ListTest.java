package io.kepm.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.cli.Bench;
import io.kepm.cli.Bench.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Lists of more than one page, by the verb that prints one. */
class ListTest {

    private static final String GONE =
            "{\"status\":422,\"errors\":[{\"parameter\":\"after\",\"detail\":\"begin anew\"}]}";

    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    private static String page(String id, String next) {
        return "{\"items\":[{\"id\":\"" + id + "\"}],\"next\":" + next + "}";
    }

    @Test
    void a_list_is_begun_anew_when_the_place_to_go_on_after_is_gone() {
        bench.agent()
                .once("GET /api/jobs", 200, page("old", "\"old\""))
                .once("GET /api/jobs?after=old", 422, GONE)
                .answers("GET /api/jobs", page("one", "\"one\""))
                .answers("GET /api/jobs?after=one", page("two", "null"));
        Outcome outcome = bench.run("job list", "--json");
        assertThat(outcome.exit()).isZero();
        assertThat(outcome.out()).contains("one", "two").doesNotContain("old");
    }

    @Test
    void one_that_never_holds_still_is_a_fault_after_three_tries() {
        bench.agent()
                .answers("GET /api/jobs", page("one", "\"one\""))
                .answers("GET /api/jobs?after=one", 422, GONE);
        Outcome outcome = bench.run("job list");
        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err()).contains("/api/jobs could not be read whole", "each of 3 times");
        assertThat(bench.agent().lines()).hasSize(6);
    }

    @Test
    void an_agent_that_goes_in_circles_is_a_fault_and_no_endless_list() {
        bench.agent().answers("GET /api/jobs", page("one", "\"one\""));
        Outcome outcome = bench.run("job list");
        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.err()).contains("goes on after `one` over and over");
        bench.agent().answers("GET /api/jobs?after=one", "{\"items\":[],\"next\":\"two\"}");
        assertThat(bench.run("job list").err()).contains("goes on after `one` over and over");
        assertThat(bench.agent().lines()).hasSize(4);
    }
}
