package io.kepm.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.cli.Bench;
import io.kepm.cli.Bench.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ExtendTest {

    private static final String EXTEND = "POST /api/grants/0a1b2c/extend";
    private static final String GRANT =
            "{\"id\":\"0a1b2c3d-1\",\"path\":\"/usr/bin/apt\",\"argv\":[\"apt\",\"x\\u001b[2J\"],"
                    + "\"to\":\"2026-11-25T10:00:00Z\"}";

    private final Bench bench = new Bench();

    @BeforeEach
    void noRequest() {
        bench.agent().answers("GET /api/requests/", 404, "{\"detail\":\"no such request\"}");
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void a_number_that_is_no_requests_is_a_grants_and_its_new_end_is_told() {
        bench.agent().answers(EXTEND, GRANT);
        Outcome outcome = bench.run("extend", "-m", "not done yet", "0a1b2c");
        assertThat(outcome.exit()).isZero();
        assertThat(outcome.out())
                .startsWith("30 min from now: `/usr/bin/apt")
                .doesNotContain("\u001b");
        assertThat(bench.agent().asked()).last().asString().contains("\"reason\":\"not done yet\"");
    }

    @Test
    void what_has_to_be_approved_first_says_by_whom() {
        bench.agent()
                .answers(
                        EXTEND,
                        "{\"id\":\"99999999-1\",\"state\":\"Pending\",\"needs\":[\"1 of %helpdesk\"]}");
        assertThat(bench.run("extend", "0a1b2c").out())
                .contains("request 99999999 waits for 1 of %helpdesk");
    }

    @Test
    void what_policy_does_not_give_is_refused_with_its_words() {
        bench.agent()
                .answers(
                        EXTEND,
                        409,
                        "{\"code\":\"unmatched\",\"detail\":\"denied: no policy\\nsee `kepm list`\"}");
        assertThat(bench.run("extend", "0a1b2c"))
                .isEqualTo(new Outcome(126, "", "kepm: denied: no policy; see `kepm list`\n"));
        bench.agent().answers(EXTEND, 404, "{\"detail\":\"there is no such grant of yours\"}");
        assertThat(bench.run("extend", "0a1b2c").exit()).isEqualTo(1);
    }

    @Test
    void a_factor_is_asked_for_once_and_not_shown() {
        bench.agent().answers(EXTEND, 409, "{\"code\":\"control:mfa\",\"detail\":\"no factor\"}");
        bench.typing("").hiding("123456");
        assertThat(bench.run("extend", "0a1b2c").exit()).isEqualTo(126);
        assertThat(bench.agent().asked()).last().asString().contains("\"code\":\"123456\"");
    }

    @Test
    void what_is_no_number_never_reaches_the_agent() {
        for (String id : new String[] {"../grants", "0a1b2", "0a1b2c/x"}) {
            assertThat(bench.run("extend", id).exit()).as(id).isEqualTo(2);
        }
        assertThat(bench.agent().asked()).isEmpty();
    }
}
