package io.kepm.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.cli.Bench;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CertificateTest {

    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    private static String json(String source, String trouble) {
        return "{\"source\":\""
                + source
                + "\",\"trouble\":\""
                + trouble
                + "\",\"subject\":\"CN=Localhost\",\"issuer\":\"CN=Localhost\","
                + "\"names\":[\"localhost\",\"127.0.0.1\"],\"serial\":\"1\","
                + "\"from\":\"2026-11-25T08:00:00Z\",\"to\":\"2027-12-28T08:00:00Z\","
                + "\"sha256\":\"ab\",\"key\":\"EC\"}";
    }

    @Test
    void it_is_shown_with_its_names_and_its_end() {
        bench.agent().answers("GET /api/certificate", json("own", ""));
        Bench.Outcome outcome = bench.run("certificate show");
        assertThat(outcome.exit()).isZero();
        assertThat(outcome.out())
                .contains("the agent's own", "localhost, 127.0.0.1", "2027-12-28T08:00:00Z")
                .doesNotContain("trouble");
    }

    @Test
    void a_custom_one_that_is_not_used_is_a_no() {
        bench.agent().answers("POST /api/certificate/rotate", json("own", "the file is no PEM"));
        Bench.Outcome outcome = bench.run("certificate rotate");
        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.out()).contains("the file is no PEM");
    }
}
