package io.kepm.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.cli.Bench;
import io.kepm.cli.Bench.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SignInTest {

    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void a_link_stands_alone_on_standard_output() {
        bench.agent()
                .answers(
                        "POST /api/console",
                        "{\"link\":\"https://localhost:6889/console/#abc\",\"user\":\"root\","
                                + "\"browser\":\"bob\",\"sha256\":\"AB:CD\"}");
        Outcome outcome = bench.run("console", "--browser", "bob");
        assertThat(outcome.out()).isEqualTo("https://localhost:6889/console/#abc\n");
        assertThat(outcome.err()).contains("root", "a browser of bob", "AB:CD");
        assertThat(outcome.err()).doesNotContain("abc");
    }

    @Test
    void a_refusal_says_why() {
        bench.agent().answers("POST /api/console", 403, "{\"detail\":\"`bob` is governed\"}");
        Outcome outcome = bench.run("console", "--browser", "bob");
        assertThat(outcome.exit()).isNotZero();
        assertThat(outcome.err()).contains("governed");
    }
}
