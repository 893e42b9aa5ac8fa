package io.kepm.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.cli.Bench;
import io.kepm.cli.Bench.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TokenTest {

    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void a_token_stands_alone_on_standard_output() {
        bench.agent()
                .answers("POST /api/tokens", "{\"id\":\"ab12\",\"token\":\"kepm-ab12.secret\"}");
        Outcome admin = bench.run("token admin");
        assertThat(admin.out()).isEqualTo("kepm-ab12.secret\n");
        assertThat(admin.err()).contains("ab12").contains("15 minutes").doesNotContain("secret");
        Outcome scrape = bench.run("token scrape");
        assertThat(scrape.out()).isEqualTo("kepm-ab12.secret\n");
        assertThat(scrape.err()).contains("kepm token revoke ab12");
    }

    @Test
    void tokens_are_listed_by_their_ids() {
        bench.agent().answers("GET /api/tokens", "{\"items\":[]}");
        assertThat(bench.run("token list").out()).isEqualTo("no tokens\n");
        bench.agent()
                .answers(
                        "GET /api/tokens",
                        "{\"items\":[{\"id\":\"ab12\",\"kind\":\"scrape\",\"made\":\"2026-11-26T00:00:00Z\"}]}");
        assertThat(bench.run("token list").out())
                .contains("ab12")
                .contains("scrape")
                .contains("revoked");
    }

    @Test
    void a_token_is_taken_back_by_its_id() {
        bench.agent().answers("POST /api/tokens/revoke", "{\"revoked\":\"ab12\"}");
        assertThat(bench.run("token revoke", "ab12").out())
                .isEqualTo("token ab12 is worth nothing now\n");
        bench.agent()
                .answers(
                        "POST /api/tokens/revoke",
                        409,
                        "{\"detail\":\"there is no token of that id\"}");
        Outcome none = bench.run("token revoke", "zz");
        assertThat(none.exit()).isEqualTo(1);
        assertThat(none.err()).contains("no token of that id");
    }
}
