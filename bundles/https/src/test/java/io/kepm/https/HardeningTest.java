package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.https.RawClient.Reply;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hostile bytes against the real doors. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HardeningTest {

    private static final String JSON = "Content-Type: application/json\r\n";

    private TestAgent agent;

    @BeforeAll
    void open(@TempDir Path run) throws Exception {
        agent = new TestAgent(run);
    }

    @AfterAll
    void close() {
        agent.close();
    }

    private Reply unix(String text) throws Exception {
        try (RawClient client = agent.as(0)) {
            return client.send(text);
        }
    }

    private Reply tls(String text) throws Exception {
        try (RawClient client = agent.tls()) {
            return client.send(text);
        }
    }

    private Reply plain(String text) throws Exception {
        try (RawClient client = agent.plain()) {
            return client.send(text);
        }
    }

    private String host() {
        return "Host: localhost:" + agent.https + "\r\n";
    }

    @Test
    void ab_40_a_foreign_or_portless_host_is_misdirected_even_for_health() throws Exception {
        for (String host :
                List.of(
                        "evil.example",
                        "evil.example:" + agent.https,
                        "localhost",
                        "localhost:1",
                        "localhost.:" + agent.https,
                        "localhost.evil.example:" + agent.https,
                        "127.0.0.2:" + agent.https,
                        "2130706433:" + agent.https,
                        "[::]:" + agent.https,
                        "localhost:" + agent.http)) {
            assertThat(tls("GET /health HTTP/1.1\r\nHost: " + host + "\r\n\r\n").status())
                    .as(host)
                    .isEqualTo(421);
        }
        assertThat(plain("GET /health HTTP/1.1\r\nHost: evil.example\r\n\r\n").status())
                .isEqualTo(421);
        assertThat(unix("GET /health HTTP/1.1\r\nHost: localhost:6889\r\n\r\n").status())
                .isEqualTo(421);
        assertThat(agent.audit.types()).contains("AUTHORIZATION_FAILED");
    }

    @Test
    void ab_40_every_allowed_host_with_the_right_port_is_served() throws Exception {
        for (String host : List.of("localhost", "LOCALHOST", "127.0.0.1", "[::1]")) {
            Reply reply =
                    tls("GET /health HTTP/1.1\r\nHost: " + host + ":" + agent.https + "\r\n\r\n");
            assertThat(reply.status()).as(host).isEqualTo(200);
        }
        assertThat(unix("GET /health HTTP/1.1\r\nHost: kepm\r\n\r\n").status()).isEqualTo(200);
    }

    @Test
    void ab_41_a_target_that_disagrees_with_host_is_malformed() throws Exception {
        for (String target :
                List.of(
                        "https://evil.example/health",
                        "https://localhost:1/health",
                        "https://user@localhost:" + agent.https + "/health",
                        "http://evil.example:" + agent.https + "/health")) {
            assertThat(tls("GET " + target + " HTTP/1.1\r\n" + host() + "\r\n").status())
                    .as(target)
                    .isEqualTo(400);
        }
        assertThat(tls("GET /health HTTP/1.1\r\n" + host() + "Host: evil.example\r\n\r\n").status())
                .isEqualTo(400);
        assertThat(tls("GET /health HTTP/1.1\r\n\r\n").status()).isEqualTo(400);
        String own = "https://localhost:" + agent.https + "/health";
        assertThat(tls("GET " + own + " HTTP/1.1\r\n" + host() + "\r\n").status()).isEqualTo(200);
    }

    @Test
    void ab_42_a_request_of_a_foreign_page_is_refused() throws Exception {
        for (String header :
                List.of(
                        "Origin: https://evil.example",
                        "Origin: null",
                        "Origin:",
                        "Origin: http://localhost:" + agent.https,
                        "Origin: https://localhost",
                        "Origin: https://localhost:" + agent.https + "/",
                        "Origin: https://localhost:" + agent.https + ".evil.example",
                        "Origin: https://127.0.0.1:" + agent.https,
                        "Origin: https://localhost:"
                                + agent.https
                                + "\r\nOrigin: https://evil.example",
                        "Sec-Fetch-Site: none\r\nSec-Fetch-Site: cross-site",
                        "Sec-Fetch-Site: cross-site",
                        "Sec-Fetch-Site: same-site",
                        "Sec-Fetch-Site:")) {
            Reply reply = tls("GET /health HTTP/1.1\r\n" + host() + header + "\r\n\r\n");
            assertThat(reply.status()).as(header).isEqualTo(403);
            assertThat(reply.headers().keySet())
                    .noneMatch(name -> name.startsWith("access-control"));
        }
        String own = "Origin: https://localhost:" + agent.https + "\r\n";
        assertThat(
                        tls("GET /health HTTP/1.1\r\n"
                                        + host()
                                        + own
                                        + "Sec-Fetch-Site: none\r\n\r\n")
                                .status())
                .isEqualTo(200);
    }

    /** The request's own authority, at each door, whatever the others are called. */
    @Test
    void ab_42_an_origin_is_that_of_the_very_door() throws Exception {
        String get = "GET /health HTTP/1.1\r\nHost: ";
        assertThat(unix(get + "kepm\r\nOrigin: https://KEPM\r\n\r\n").status()).isEqualTo(200);
        for (String origin :
                List.of("https://localhost", "http://kepm", "https://localhost:" + agent.https)) {
            assertThat(unix(get + "kepm\r\nOrigin: " + origin + "\r\n\r\n").status())
                    .as(origin)
                    .isEqualTo(403);
        }
        String host = "localhost:" + agent.http;
        assertThat(plain(get + host + "\r\nOrigin: http://" + host + "\r\n\r\n").status())
                .as("a page without TLS is not ours")
                .isEqualTo(403);
        for (String stream : List.of("/api/requests/stream", "/api/audit/stream")) {
            assertThat(
                            unix("GET "
                                            + stream
                                            + " HTTP/1.1\r\nHost: kepm\r\nOrigin: https://evil.example\r\n\r\n")
                                    .status())
                    .as(stream)
                    .isEqualTo(403);
        }
    }

    @Test
    void ab_42_a_change_needs_the_json_type_with_or_without_a_body() throws Exception {
        for (String type :
                List.of(
                        "",
                        "Content-Type: text/plain\r\n",
                        "Content-Type: application/x-www-form-urlencoded\r\n",
                        "Content-Type: application/json; charset=utf-16\r\n",
                        "Content-Type: application/json\r\nContent-Type: text/plain\r\n",
                        JSON + "Content-Encoding: gzip\r\n")) {
            String request =
                    "POST /api/policies/reload HTTP/1.1\r\nHost: kepm\r\n"
                            + type
                            + "Content-Length: 0\r\n\r\n";
            assertThat(unix(request).status()).as(type).isEqualTo(415);
        }
        assertThat(
                        unix("POST /api/policies/reload HTTP/1.1\r\nHost: kepm\r\n"
                                        + JSON
                                        + "Content-Length: 0\r\n\r\n")
                                .status())
                .isEqualTo(200);
    }

    @Test
    void ab_42_reading_changes_nothing() throws Exception {
        for (String path :
                List.of("/api/policies/reload", "/api/evaluate", "/api/policies/explain")) {
            Reply reply = unix("GET " + path + " HTTP/1.1\r\nHost: kepm\r\n\r\n");
            assertThat(reply.status()).as(path).isEqualTo(405);
            assertThat(reply.header("allow")).isEqualTo("POST");
        }
    }

    @Test
    void ab_44_the_plain_port_takes_no_credentials_and_no_body() throws Exception {
        String host = "Host: localhost:" + agent.http + "\r\n";
        Reply redirect =
                plain(
                        "GET /api/audit?limit=1 HTTP/1.1\r\n"
                                + host
                                + "Authorization: Bearer x\r\n\r\n");
        assertThat(redirect.status()).isEqualTo(308);
        assertThat(redirect.header("location"))
                .isEqualTo("https://localhost:" + agent.https + "/api/audit?limit=1");
        assertThat(plain("HEAD / HTTP/1.1\r\n" + host + "\r\n").status()).isEqualTo(308);
        for (String request :
                List.of(
                        "POST /api/evaluate HTTP/1.1\r\n"
                                + host
                                + JSON
                                + "Content-Length: 2\r\n\r\n{}",
                        "PUT / HTTP/1.1\r\n" + host + "Content-Length: 0\r\n\r\n",
                        "DELETE /api/grants/1 HTTP/1.1\r\n" + host + "\r\n",
                        "OPTIONS / HTTP/1.1\r\n" + host + "\r\n",
                        "GET / HTTP/1.1\r\n" + host + "Content-Length: 1\r\n\r\nx")) {
            try (RawClient client = agent.plain()) {
                Reply reply = client.send(request);
                assertThat(reply.status()).as(request).isEqualTo(403);
                assertThat(reply.header("connection")).isEqualTo("close");
                assertThat(client.isClosed()).isTrue();
            }
        }
    }

    @Test
    void ab_44_the_redirect_never_takes_its_authority_from_the_request() throws Exception {
        String request =
                "GET /\\evil.example HTTP/1.1\r\nHost: localhost:" + agent.http + "\r\n\r\n";
        assertThat(plain(request).header("location")).isEmpty();
        Reply reply =
                plain("GET /@evil.example/ HTTP/1.1\r\nHost: 127.0.0.1:" + agent.http + "\r\n\r\n");
        assertThat(reply.header("location"))
                .isEqualTo("https://localhost:" + agent.https + "/@evil.example/");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
                "Content-Length: 2, 2\r\n\r\n{}",
                "Content-Length: +2\r\n\r\n{}",
                "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
                " Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n2;a=\"x\r\n{}\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n2\n{}\n0\n\n",
                "X: a\nContent-Length: 2\r\n\r\n{}",
                "X: a\r\n b\r\nContent-Length: 2\r\n\r\n{}",
                "X\u0000: a\r\nContent-Length: 2\r\n\r\n{}",
            })
    void ab_45_a_message_with_two_readings_is_malformed_and_the_connection_ends(String rest)
            throws Exception {
        try (RawClient client = agent.as(0)) {
            String start = "POST /api/evaluate HTTP/1.1\r\nHost: kepm\r\n" + JSON;
            Reply reply = client.send(start + rest + "GET /health HTTP/1.1\r\nHost: kepm\r\n\r\n");
            assertThat(reply.status()).isIn(400, 501);
            assertThat(client.isClosed()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /health HTTP/1.1\nHost: kepm\n\n",
                "GET /health HTTP/1.1 \r\nHost: kepm\r\n\r\n",
                "GET /health HTTP/11\r\nHost: kepm\r\n\r\n",
                "G\u0000T /health HTTP/1.1\r\nHost: kepm\r\n\r\n",
                "GET /he\u0000alth HTTP/1.1\r\nHost: kepm\r\n\r\n",
                "GET health HTTP/1.1\r\nHost: kepm\r\n\r\n",
                "GET /health\r\n",
                "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\r\n\r\n",
            })
    void ab_45_a_start_line_that_is_no_http_is_never_served(String request) throws Exception {
        Reply reply = unix(request);
        assertThat(reply.status()).as(reply.body()).isIn(400, 505, 0);
    }

    @Test
    void ab_46_other_versions_of_http_are_refused() throws Exception {
        assertThat(unix("GET /health HTTP/1.0\r\nHost: kepm\r\n\r\n").status()).isEqualTo(505);
        assertThat(unix("GET /health HTTP/1.0\r\n\r\n").status()).isEqualTo(505);
        assertThat(unix("GET /health HTTP/2.0\r\nHost: kepm\r\n\r\n").status()).isEqualTo(505);
        assertThat(unix("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").status()).isIn(400, 505);
        Reply upgrade =
                unix(
                        "GET /health HTTP/1.1\r\nHost: kepm\r\nConnection: Upgrade, HTTP2-Settings\r\n"
                                + "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n");
        assertThat(upgrade.status()).isEqualTo(200);
    }

    @Test
    void ab_47_headers_beyond_the_limits_are_refused() throws Exception {
        String start = "GET /health HTTP/1.1\r\nHost: kepm\r\n";
        assertThat(unix(start + "X: " + "a".repeat(17_000) + "\r\n\r\n").status()).isEqualTo(431);
        assertThat(unix(start + "X: 1\r\n".repeat(101) + "\r\n").status()).isEqualTo(431);
        assertThat(unix(start + "X: 1\r\n".repeat(100_000) + "\r\n").status()).isIn(431, 0);
        assertThat(unix(start + "X: 1\r\n".repeat(90) + "\r\n").status()).isEqualTo(200);
        assertThat(unix("GET /" + "a".repeat(17_000) + " HTTP/1.1\r\nHost: kepm\r\n\r\n").status())
                .isEqualTo(414);
    }

    @Test
    void ab_47_a_body_beyond_the_limit_is_refused_whether_announced_or_not() throws Exception {
        String start = "POST /api/evaluate HTTP/1.1\r\nHost: kepm\r\n" + JSON;
        assertThat(unix(start + "Content-Length: 1000000000\r\n\r\n{").status()).isEqualTo(413);
        String chunk = "10000\r\n" + " ".repeat(0x10000) + "\r\n";
        assertThat(
                        unix(start
                                        + "Transfer-Encoding: chunked\r\n\r\n"
                                        + chunk.repeat(3)
                                        + "0\r\n\r\n")
                                .status())
                .isEqualTo(413);
    }

    @Test
    void ab_47_a_body_of_too_many_values_is_unreadable_and_users_send_less_than_root()
            throws Exception {
        try (RawClient user = agent.as(1001)) {
            Reply reply = user.post("/api/evaluate", "{\"a\":[0" + ",0".repeat(20_000) + "]}");
            assertThat(reply.status()).isEqualTo(400);
            assertThat(reply.body()).contains("too many values");
        }
        String large = "{\"a\":\"" + "x".repeat(200_000) + "\"}";
        try (RawClient root = agent.as(0)) {
            assertThat(root.post("/api/evaluate", large).status()).isEqualTo(413);
        }
        try (RawClient root = agent.as(0)) {
            assertThat(root.post("/api/governed", large).status()).isEqualTo(422);
        }
    }

    @Test
    void ab_47_json_that_harms_or_confuses_readers_is_unreadable() throws Exception {
        for (String body :
                List.of(
                        "[".repeat(10_000),
                        "{\"a\":" + "[".repeat(70) + "]".repeat(70) + "}",
                        "{\"a\":1,\"a\":2}",
                        "{\"user\":{\"name\":\"a\",\"name\":\"b\"}}",
                        "{\"a\":NaN}",
                        "{\"a\":Infinity}",
                        "{\"a\":" + "9".repeat(400) + "}",
                        "{\"a\":1e" + "9".repeat(60) + "}",
                        "{} {}",
                        "{}x",
                        "[]",
                        "\"a\"",
                        "{'a':1}",
                        "{\"a\":1,}",
                        "{/*c*/}",
                        "{\"a\":\"\\ud800\"}",
                        "{")) {
            try (RawClient client = agent.as(0)) {
                Reply reply = client.post("/api/evaluate", body);
                assertThat(reply.status())
                        .as(body.substring(0, Math.min(40, body.length())))
                        .isEqualTo(400);
                assertThat(reply.header("content-type")).isEqualTo("application/problem+json");
            }
        }
        String notUtf8 = "{\"a\":\"\u00ff\"}";
        Reply reply =
                unix(
                        "POST /api/evaluate HTTP/1.1\r\nHost: kepm\r\n"
                                + JSON
                                + "Content-Length: 9\r\n\r\n"
                                + notUtf8);
        assertThat(reply.status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/..;/health",
                "/api/%2e%2e/health",
                "/api/%2E%2e/health",
                "/api/../health",
                "/./health",
                "//api/audit",
                "/api//audit",
                "/api/audit;jsessionid=1",
                "/api%2faudit",
                "/api%2Faudit",
                "/api%5caudit",
                "/api\\audit",
                "/api/%252e%252e/health",
                "/api/audit%00",
                "/api/audit%0a",
                "/api/audit%3b",
                "/api/audit%zz",
                "/api/audit%2",
                "/api/audit%c0%af",
                "/api/audit%ff",
                "/api/audit%u002e",
            })
    void ab_48_a_path_with_two_readings_is_malformed(String path) throws Exception {
        assertThat(unix("GET " + path + " HTTP/1.1\r\nHost: kepm\r\n\r\n").status()).isEqualTo(400);
    }

    @Test
    void ab_48_what_is_in_no_table_is_not_found() throws Exception {
        for (String path :
                List.of(
                        "/admin",
                        "/api",
                        "/api/",
                        "/health/",
                        "/api/audit/",
                        "/api/audit/x",
                        "/.env")) {
            assertThat(unix("GET " + path + " HTTP/1.1\r\nHost: kepm\r\n\r\n").status())
                    .as(path)
                    .isEqualTo(404);
        }
        assertThat(unix("GET * HTTP/1.1\r\nHost: kepm\r\n\r\n").status()).isIn(400, 404);
        assertThat(unix("OPTIONS * HTTP/1.1\r\nHost: kepm\r\n\r\n").status()).isIn(400, 404, 405);
        assertThat(unix("CONNECT kepm:1 HTTP/1.1\r\nHost: kepm\r\n\r\n").status())
                .isIn(400, 404, 405, 421);
        assertThat(unix("TRACE /health HTTP/1.1\r\nHost: kepm\r\n\r\n").status()).isEqualTo(405);
    }

    @Test
    void paths_are_matched_without_regard_to_case_and_decoded_once() throws Exception {
        assertThat(unix("GET /API/Audit HTTP/1.1\r\nHost: kepm\r\n\r\n").status()).isEqualTo(200);
        assertThat(unix("GET /%61pi/audit HTTP/1.1\r\nHost: kepm\r\n\r\n").status()).isEqualTo(200);
    }

    @Test
    void ab_50_public_answers_show_nothing_but_the_fixed_members() throws Exception {
        Reply health = tls("GET /health HTTP/1.1\r\n" + host() + "\r\n");
        assertThat(health.body())
                .matches(
                        "\\{\"status\":\"healthy\",\"timestamp\":\"[0-9T:.-]+Z\",\"version\":\"0.1.0\"}");
        Reply status = tls("GET /api/System/Status HTTP/1.1\r\n" + host() + "\r\n");
        assertThat(status.body())
                .isEqualTo(
                        "{\"name\":\"KEPM agent\",\"status\":\"running\",\"version\":\"0.1.0\","
                                + "\"plugins\":{\"total\":0},\"jobs\":{\"total\":0,\"enabled\":0}}");
        for (String path : List.of("/api/policies", "/api/audit", "/api/health", "/metrics")) {
            Reply reply = tls("GET " + path + " HTTP/1.1\r\n" + host() + "\r\n");
            assertThat(reply.status()).as(path).isEqualTo(401);
            assertThat(reply.body()).contains("agent.sock").doesNotContain("/opt", "P1", "kepm-");
        }
    }

    @Test
    void ab_50_every_answer_carries_the_security_headers_and_no_server_name() throws Exception {
        for (String request :
                List.of(
                        "GET /health HTTP/1.1\r\n" + host() + "\r\n",
                        "GET /nowhere HTTP/1.1\r\n" + host() + "\r\n",
                        "GET /health HTTP/1.1\r\nHost: evil\r\n\r\n",
                        "GET /a//b HTTP/1.1\r\n" + host() + "\r\n",
                        "GET /health HTTP/1.0\r\n\r\n",
                        "BROKEN\r\n\r\n",
                        "GET /health HTTP/1.1\r\n" + host() + "Content-Length: x\r\n\r\n")) {
            Reply reply = tls(request);
            assertThat(reply.status()).as(request).isPositive();
            assertThat(reply.headers())
                    .as(request)
                    .containsEntry("x-content-type-options", "nosniff");
            assertThat(reply.header("content-security-policy")).startsWith("default-src 'none'");
            assertThat(reply.header("cache-control")).isEqualTo("no-store");
            assertThat(reply.headers()).doesNotContainKeys("server", "x-powered-by");
            assertThat(reply.body()).doesNotContainIgnoringCase("jetty");
            if (reply.status() >= 400) {
                assertThat(reply.header("content-type")).isEqualTo("application/problem+json");
                assertThat(reply.body())
                        .contains("\"type\"", "\"title\"", "\"status\"", "\"detail\"");
            }
        }
    }
}
