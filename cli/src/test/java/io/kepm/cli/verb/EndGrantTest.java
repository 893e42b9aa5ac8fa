package io.kepm.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.cli.Bench;
import io.kepm.cli.Bench.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EndGrantTest {

    private static final String ID = "0a1b2c3d-1111-2222-3333-444455556666";

    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void a_grant_is_released_by_the_beginning_of_its_number() {
        String grant =
                "{\"id\":\""
                        + ID
                        + "\",\"path\":\"/usr/bin/apt\",\"argv\":[\"apt\",\"x\\u001b[2J\"]}";
        bench.agent().answers("DELETE /api/grants/0a1b2c", grant);
        Outcome outcome = bench.run("release", "0a1b2c");
        assertThat(outcome.exit()).isZero();
        assertThat(outcome.out())
                .startsWith("grant " + ID + " is over: `/usr/bin/apt ")
                .doesNotContain("\u001b");
        assertThat(bench.run("release", "--json", "0a1b2c").out()).contains(ID);
    }

    @Test
    void what_is_no_number_of_a_grant_never_reaches_the_agent() {
        for (String id : new String[] {"../mfa/alice", "0a1b2", "0a1b2c?x", ""}) {
            Outcome outcome = bench.run("release", id);
            assertThat(outcome.exit()).as(id).isEqualTo(2);
            assertThat(outcome.err()).contains("is not the number of a grant", "kepm grants");
        }
        assertThat(bench.agent().asked()).isEmpty();
    }

    @Test
    void a_grant_that_is_not_ones_own_or_not_there_says_so() {
        bench.agent()
                .answers(
                        "DELETE /api/grants/",
                        404,
                        "{\"detail\":\"there is no such grant of yours: `kepm grants` lists them\"}");
        Outcome outcome = bench.run("release", "0a1b2c3d");
        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.err()).contains("no such grant of yours");
    }
}
