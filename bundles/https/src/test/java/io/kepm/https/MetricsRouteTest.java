package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.health.HealthCheck;
import io.kepm.api.health.HealthCheck.Health;
import io.kepm.api.metrics.Metric;
import io.kepm.https.RawClient.Reply;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code /metrics} through the door. */
class MetricsRouteTest {

    private static final long ALICE = 1001;
    private static final long MONA = 1003;

    private TestAgent agent;

    @BeforeEach
    void open(@TempDir Path run) throws Exception {
        agent = new TestAgent(run);
    }

    @AfterEach
    void close() {
        agent.close();
    }

    private Reply get(long uid, String path) throws Exception {
        try (RawClient client = agent.as(uid)) {
            return client.get(path);
        }
    }

    @Test
    void the_page_has_its_type_and_the_figures_of_all_parts() throws Exception {
        agent.figures.add(() -> List.of(Metric.gauge("kepm_grants", "Grants.", 2)));
        agent.checks.add(check("policy set", Health.degraded("old", "look")));
        Reply reply = get(MONA, "/metrics");
        assertThat(reply.header("content-type"))
                .isEqualTo("text/plain; version=0.0.4; charset=utf-8");
        assertThat(reply.header("cache-control")).isEqualTo("no-store");
        assertThat(new TextFormat(reply.body()).series)
                .containsEntry("kepm_grants", 2.0)
                .containsEntry("kepm_health{check=\"policy set\"}", 1.0)
                .containsEntry("kepm_health{check=\"https\"}", 0.0);
    }

    @Test
    void requests_are_counted_by_the_class_of_their_answer_and_nothing_of_theirs()
            throws Exception {
        get(ALICE, "/health");
        get(ALICE, "/metrics");
        get(ALICE, "/no/such/route");
        get(0, "/api/registration");
        try (RawClient plain = agent.plain()) {
            plain.send("GET /x HTTP/1.1\r\nHost: localhost:" + agent.http + "\r\n\r\n");
        }
        String page = get(MONA, "/metrics").body();
        assertThat(new TextFormat(page).series)
                .containsEntry("kepm_http_requests_total{class=\"2xx\"}", 1.0)
                .containsEntry("kepm_http_requests_total{class=\"3xx\"}", 1.0)
                .containsEntry("kepm_http_requests_total{class=\"4xx\"}", 2.0)
                .containsEntry("kepm_http_requests_total{class=\"5xx\"}", 1.0);
        assertThat(page).doesNotContain("alice", "mona", "/health", "route");
    }

    @Test
    void over_tcp_nobody_is_known_so_nobody_reads_it() throws Exception {
        try (RawClient client = agent.tls()) {
            Reply reply =
                    client.send(
                            "GET /metrics HTTP/1.1\r\nHost: localhost:" + agent.https + "\r\n\r\n");
            assertThat(reply.status()).isEqualTo(401);
        }
    }

    private static HealthCheck check(String name, Health health) {
        return new HealthCheck() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Health check() {
                return health;
            }
        };
    }
}
