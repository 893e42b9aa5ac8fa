package io.kepm.itests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The doors of the assembled agent under attack, byte by byte, with the limits as shipped. */
class HardeningIT {

    private static final String TLS = "Host: localhost:6889\r\n";
    private static final String UNIX = "Host: kepm\r\n";
    private static final String JSON = "Content-Type: application/json\r\n";

    private static Trial trial;

    @BeforeAll
    static void up() {
        trial = Trial.upWithLimits();
        trial.as("alice", "true");
        trial.as("bob", "true");
        trial.as("carol", "true");
        trial.policy("p.json", Policies.allow("secretpolicy", "alice", "/usr/bin/true", ""));
    }

    @AfterAll
    static void down() {
        trial.close();
    }

    private static RawRequests raw() {
        return new RawRequests(trial);
    }

    private static void each(String user, String door, List<String> requests, Integer... statuses) {
        RawRequests raw = raw();
        requests.forEach(request -> raw.add(door, request));
        List<RawRequests.Reply> replies = raw.as(user);
        for (int i = 0; i < requests.size(); i++) {
            String request = requests.get(i);
            assertThat(replies.get(i).status())
                    .as(request.substring(0, Math.min(120, request.length())))
                    .isIn((Object[]) statuses);
        }
    }

    private static List<String> gets(String path, List<String> headers) {
        return headers.stream()
                .map(header -> "GET " + path + " HTTP/1.1\r\n" + header + "\r\n\r\n")
                .toList();
    }

    private static String post(String path, String head, String body) {
        return "POST " + path + " HTTP/1.1\r\n" + UNIX + head + body;
    }

    private static String evaluate(String body) {
        return post("/api/evaluate", JSON + "Content-Length: " + body.length() + "\r\n\r\n", body);
    }

    private static void isWell() {
        assertThat(
                        raw().add("https", "GET /health HTTP/1.1\r\n" + TLS + "\r\n")
                                .as("alice")
                                .get(0)
                                .status())
                .isEqualTo(200);
        assertThat(trial.as("alice", "sudo", "-n", "true").code()).isZero();
    }

    @Test
    void ab_31_who_hangs_up_during_the_check_is_never_root() {
        RawRequests raw = raw();
        for (int i = 0; i < 40; i++) {
            raw.addHangUp(
                    i % 2 == 0 ? "unix" : "https",
                    "POST /api/policies/reload HTTP/1.1\r\n"
                            + (i % 2 == 0 ? UNIX : TLS)
                            + JSON
                            + "Content-Length: 2\r\n\r\n{}");
        }
        raw.as("bob");
        isWell();
        for (JsonNode record : trial.audit("--type", "ADMIN_ACTION")) {
            assertThat(record.path("admin_info").path("uid").asInt(-1)).isZero();
            assertThat(record.path("admin_info").path("pid").asInt()).isPositive();
        }
        assertThat(trial.audit("--type", "AUTHORIZATION_FAILED", "--user", "bob")).isNotEmpty();
    }

    @Test
    void ab_40_no_other_host_is_served_even_for_health() {
        each(
                "alice",
                "https",
                gets(
                        "/health",
                        List.of(
                                "Host: evil.example",
                                "Host: evil.example:6889",
                                "Host: localhost",
                                "Host: localhost:6888",
                                "Host: localhost.evil.example:6889",
                                "Host: localhost.:6889",
                                "Host: 127.1:6889",
                                "Host: 0.0.0.0:6889",
                                "Host: [::ffff:127.0.0.1]:6889",
                                "Host: 2130706433:6889")),
                421,
                400);
        each(
                "alice",
                "https",
                gets(
                        "/health",
                        List.of(
                                "Host: localhost:6889",
                                "Host: LocalHost:6889",
                                "Host: 127.0.0.1:6889",
                                "Host: [::1]:6889")),
                200);
    }

    @Test
    void ab_41_a_target_that_disagrees_with_host_is_malformed() {
        List<String> requests = new ArrayList<>();
        for (String target :
                List.of(
                        "https://evil.example/health",
                        "https://localhost:1/health",
                        "https://u@localhost:6889/health",
                        "https://127.0.0.1:6889/health")) {
            requests.add("GET " + target + " HTTP/1.1\r\n" + TLS + "\r\n");
        }
        requests.add("GET /health HTTP/1.1\r\n" + TLS + TLS + "\r\n");
        requests.add("GET /health HTTP/1.1\r\n\r\n");
        each("alice", "https", requests, 400);
        each(
                "alice",
                "https",
                List.of(
                        "CONNECT localhost:6889 HTTP/1.1\r\n" + TLS + "\r\n",
                        "CONNECT evil.example:443 HTTP/1.1\r\n" + TLS + "\r\n"),
                400,
                405);
    }

    @Test
    void ab_42_pages_of_other_sites_are_refused_and_change_nothing() {
        each(
                "alice",
                "https",
                gets(
                        "/health",
                        List.of(
                                TLS + "Origin: https://evil.example",
                                TLS + "Origin: null",
                                TLS + "Origin: http://localhost:6889",
                                TLS + "Origin: https://localhost:6888",
                                TLS + "Sec-Fetch-Site: cross-site",
                                TLS + "Sec-Fetch-Site: same-site")),
                403);
        List<String> forms = new ArrayList<>();
        for (String type :
                List.of(
                        "text/plain",
                        "application/x-www-form-urlencoded",
                        "multipart/form-data; boundary=x",
                        "application/json; charset=utf-16",
                        "application/jsonx")) {
            forms.add(
                    post(
                            "/api/policies/reload",
                            "Content-Type: " + type + "\r\nContent-Length: 2\r\n\r\n",
                            "{}"));
        }
        forms.add(post("/api/policies/reload", "Content-Length: 0\r\n\r\n", ""));
        forms.add(
                post(
                        "/api/policies/reload",
                        JSON + "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n",
                        "{}"));
        each("root", "unix", forms, 415);
        RawRequests.Reply preflight =
                raw().add(
                                "https",
                                "OPTIONS /api/evaluate HTTP/1.1\r\n"
                                        + TLS
                                        + "Origin: https://localhost:6889\r\n"
                                        + "Access-Control-Request-Method: POST\r\n\r\n")
                        .as("alice")
                        .get(0);
        assertThat(preflight.status()).isEqualTo(405);
        assertThat(preflight.headers().toString()).doesNotContainIgnoringCase("access-control");
    }

    @Test
    void ab_44_the_plain_port_reads_no_credentials_and_leads_to_one_place() {
        String host = "Host: localhost:6888\r\n";
        String token = "Authorization: Bearer canary\r\nCookie: s=canary\r\n";
        List<RawRequests.Reply> replies =
                raw().add("http", "GET /api/audit?x=1 HTTP/1.1\r\n" + host + token + "\r\n")
                        .add("http", "GET /@evil.example HTTP/1.1\r\n" + host + "\r\n")
                        .add("http", "HEAD / HTTP/1.1\r\n" + host + "\r\n")
                        .add("http", "POST / HTTP/1.1\r\n" + host + token + JSON + "\r\n")
                        .add("http", "GET / HTTP/1.1\r\n" + host + "Content-Length: 1\r\n\r\nx")
                        .add("http", "GET / HTTP/1.1\r\nHost: evil.example:6888\r\n\r\n")
                        .as("alice");
        assertThat(replies.stream().map(RawRequests.Reply::status))
                .containsExactly(308, 308, 308, 403, 403, 421);
        for (RawRequests.Reply reply : replies.subList(0, 3)) {
            assertThat(reply.header("location")).startsWith("https://localhost:6889/");
        }
        assertThat(replies.get(3).header("connection")).isEqualTo("close");
        assertThat(trial.logs()).doesNotContain("canary");
    }

    @Test
    void ab_45_a_message_with_two_readings_is_malformed() {
        String chunked = "Transfer-Encoding: chunked\r\n";
        List<String> requests = new ArrayList<>();
        for (String rest :
                List.of(
                        "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
                        "Content-Length: 2, 2\r\n\r\n{}",
                        "Content-Length: 2\r\n" + chunked + "\r\n0\r\n\r\n",
                        chunked + "Content-Length: 2\r\n\r\n0\r\n\r\n",
                        chunked + chunked + "\r\n0\r\n\r\n",
                        "Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n",
                        "Transfer-Encoding:\u000bchunked\r\n\r\n0\r\n\r\n",
                        "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
                        chunked + "\r\n2;a=\"x\r\n{}\r\n0\r\n\r\n",
                        chunked
                                + "\r\n2;a=\"\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n\"\r\n{}\r\n0\r\n\r\n",
                        chunked + "\r\n2\n{}\n0\n\n",
                        "X: a\nContent-Length: 2\r\n\r\n{}",
                        "X: a\r\n b\r\nContent-Length: 2\r\n\r\n{}",
                        "X: a\rY: b\r\nContent-Length: 2\r\n\r\n{}",
                        "X\u0000: a\r\nContent-Length: 2\r\n\r\n{}")) {
            requests.add(post("/api/evaluate", JSON + rest, ""));
        }
        each("alice", "unix", requests, 400, 501);
        isWell();
    }

    @Test
    void ab_46_there_is_no_http_2_and_no_http_1_0() {
        each(
                "alice",
                "https",
                List.of(
                        "GET /health HTTP/1.0\r\n" + TLS + "\r\n",
                        "GET /health HTTP/2.0\r\n" + TLS + "\r\n",
                        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
                505,
                400);
        assertThat(
                        trial.sh(
                                        "openssl s_client -connect 127.0.0.1:6889 -alpn h2,http/1.1 </dev/null"
                                                + " 2>/dev/null | grep -c 'ALPN protocol: h2'")
                                .out()
                                .trim())
                .isEqualTo("0");
    }

    @Test
    void ab_47_what_is_too_large_too_deep_or_doubled_is_refused() {
        String start = "GET /health HTTP/1.1\r\n" + TLS;
        each("alice", "https", List.of(start + "X: 1\r\n".repeat(101) + "\r\n"), 431);
        each("alice", "https", List.of(start + "X: " + "a".repeat(17_000) + "\r\n\r\n"), 431);
        each(
                "alice",
                "https",
                List.of("GET /" + "a".repeat(17_000) + " HTTP/1.1\r\n" + TLS + "\r\n"),
                414);
        each(
                "root",
                "unix",
                List.of(
                        post("/api/governed", JSON + "Content-Length: 1000000000\r\n\r\n", "{"),
                        post("/api/evaluate", JSON + "Content-Length: 200000\r\n\r\n", "{")),
                413);
        each(
                "root",
                "unix",
                List.of(
                        evaluate("{\"a\":" + "[".repeat(70) + "]".repeat(70) + "}"),
                        evaluate("[".repeat(10_000)),
                        evaluate("{\"a\":1,\"a\":2}"),
                        evaluate("{\"a\":NaN}"),
                        evaluate("{\"a\":-Infinity}"),
                        evaluate("{\"a\":" + "9".repeat(51) + "}"),
                        evaluate("{\"a\":1e" + "9".repeat(60) + "}"),
                        evaluate("{} {}")),
                400);
        isWell();
    }

    /** Members: each door over TCP, filled by one user who says nothing. */
    @Test
    void ab_47_who_fills_a_door_keeps_nobody_else_out() {
        // Not one whose connections other stories need.
        trial.as("dora", "true");
        trial.write(
                "/usr/local/bin/fill.py",
                """
                import socket, sys, time
                held = [socket.create_connection(("127.0.0.1", int(sys.argv[1]))) for _ in range(300)]
                def lives(one):
                    one.setblocking(False)
                    try:
                        while one.recv(64):
                            pass
                    except BlockingIOError:
                        return True
                    except OSError:
                        pass
                    return False
                # Those beyond 32 wait for their turn, at most as long as 32 more turns take, and are one too many then.
                end = time.monotonic() + 40
                while sum(map(lives, held)) > int(sys.argv[2]) and time.monotonic() < end:
                    time.sleep(0.1)
                print(sum(map(lives, held)), flush=True)
                time.sleep(6)
                """,
                "0755");
        for (String port : List.of("6888", "6889", "8675")) {
            String held = "/root/held-" + port;
            int most = port.equals("8675") ? 64 : 32;
            trial.sh(
                    "setsid setpriv --reuid=dora --clear-groups --regid=$(id -g dora) python3"
                            + " /usr/local/bin/fill.py "
                            + port
                            + " "
                            + most
                            + " > "
                            + held
                            + " 2>&1 &");
            trial.waitFor("dora to hold what she can", () -> !trial.read(held).isEmpty());
            assertThat(Integer.parseInt(trial.read(held).strip())).as(port).isBetween(1, most);
            isWell();
        }
        assertThat(trial.health().get("mqtt")).startsWith("healthy");
    }

    /**
     * Members: each door over TCP, filled by 300 accounts with one connection each; an account of
     * the system, one of those accounts, root.
     */
    @Test
    void ab_47_many_accounts_together_keep_out_nobody_who_runs_the_machine() {
        trial.write(
                "/usr/local/bin/crowd.py",
                """
                import os, socket, subprocess, sys, time
                held = []
                for uid in range(20000, 20300):
                    os.seteuid(uid)
                    held.append(socket.create_connection(("127.0.0.1", int(sys.argv[1]))))
                    os.seteuid(0)
                # At once: who says nothing is cut off after a while.
                asked = [(uid, subprocess.Popen(["setpriv", f"--reuid={uid}", "--clear-groups", "curl", "-s", "-o", "/dev/null", "-w",
                                                 "%{http_code}", "--cacert", "/run/keeper/agent.crt", sys.argv[2]],
                                                stdout=subprocess.PIPE, text=True)) for uid in (20500, 998, 0)]
                for uid, one in asked:
                    print(uid, one.communicate()[0], flush=True)
                print("held", flush=True)
                time.sleep(6)
                """,
                "0755");
        for (String url :
                List.of("http://localhost:6888/health", "https://localhost:6889/health")) {
            String port = url.replaceAll("[^0-9]", "");
            String held = "/root/crowd-" + port;
            trial.sh(
                    "setsid python3 /usr/local/bin/crowd.py "
                            + port
                            + " "
                            + url
                            + " > "
                            + held
                            + " 2>&1 &");
            trial.waitFor("the crowd", () -> trial.read(held).contains("held"));
            assertThat(trial.read(held)).as(url).isEqualTo("20500 000\n998 200\n0 200\nheld\n");
            assertThat(trial.as("alice", "sudo", "-n", "true").code()).isZero();
            trial.waitFor("the end of it", () -> healthAs(20_500, url).equals("200"));
        }
        isWell();
    }

    private static String healthAs(int uid, String url) {
        return trial.sh(
                        "setpriv --reuid="
                                + uid
                                + " --clear-groups curl -s -o /dev/null -w %{http_code} --cacert"
                                + " /run/keeper/agent.crt "
                                + url)
                .out();
    }

    @Test
    void ab_48_a_path_with_two_readings_is_malformed_and_what_is_in_no_table_not_found() {
        List<String> twice = new ArrayList<>();
        for (String path :
                List.of(
                        "/api/..;/health",
                        "/api/%2e%2e/health",
                        "/api/../health",
                        "//api/audit",
                        "/api//audit",
                        "/api/audit;x=1",
                        "/api%2faudit",
                        "/api%5caudit",
                        "/api/%252e%252e/health",
                        "/api/audit%00",
                        "/api/audit%c0%af")) {
            twice.add("GET " + path + " HTTP/1.1\r\n" + TLS + "\r\n");
        }
        each("alice", "https", twice, 400);
        each(
                "alice",
                "https",
                List.of(
                        "GET /admin HTTP/1.1\r\n" + TLS + "\r\n",
                        "GET /api/audit/ HTTP/1.1\r\n" + TLS + "\r\n",
                        "GET /.env HTTP/1.1\r\n" + TLS + "\r\n"),
                404);
        each("alice", "https", List.of("TRACE /health HTTP/1.1\r\n" + TLS + "\r\n"), 405);
    }

    @Test
    void ab_50_no_public_answer_names_a_path_a_user_or_a_policy() {
        RawRequests raw = raw();
        for (String path :
                List.of("/health", "/", "/metrics", "/api/audit", "/api/policies", "/x", "/a//b")) {
            raw.add("https", "GET " + path + " HTTP/1.1\r\n" + TLS + "\r\n");
        }
        raw.add("https", "BROKEN\r\n\r\n");
        raw.add("https", "GET / HTTP/1.1\r\nHost: evil\r\n\r\n");
        for (RawRequests.Reply reply : raw.as("alice")) {
            assertThat(reply.body() + reply.headers())
                    .doesNotContain("/opt", "alice", "secretpolicy", "kepm-", "Exception")
                    .doesNotContainIgnoringCase("jetty");
            assertThat(reply.header("x-content-type-options")).isEqualTo("nosniff");
            assertThat(reply.header("cache-control")).isEqualTo("no-store");
        }
    }

    @Test
    void ab_51_guesses_of_a_token_are_refused_and_bounded_on_record() {
        RawRequests raw = raw();
        for (int i = 0; i < 100; i++) {
            raw.add(
                    "https",
                    "GET /api/audit HTTP/1.1\r\n"
                            + TLS
                            + "Authorization: Bearer "
                            + i
                            + "\r\n\r\n");
        }
        // Whose minute no other story has used up.
        trial.as("erin", "true");
        assertThat(raw.as("erin"))
                .allMatch(reply -> reply.status() == 401 || reply.status() == 429);
        String erin = "#" + trial.exec("id", "-u", "erin").out().strip();
        assertThat(trial.audit("--type", "PROCESS_AUTHENTICATION_FAILED", "--user", erin))
                .hasSizeBetween(1, 45);
        raw().add("https", "GET /api/audit HTTP/1.1\r\n" + TLS + "\r\n").as("carol");
        String carol = trial.exec("id", "-u", "carol").out().strip();
        assertThat(trial.audit("--type", "AUTHORIZATION_FAILED", "--user", "unknown"))
                .anyMatch(record -> record.path("details").path("owner").asText().equals(carol));
    }

    @Test
    void ab_73_serialized_java_is_no_language_of_any_door() {
        String bytes = "\u00ac\u00ed\u0000\u0005sr\u0000\u0011java.util.HashMap\r\n\r\n";
        RawRequests raw = raw();
        for (String door :
                List.of("https", "http", "unix", "tcp:6889", "/run/keeper/decide.sock")) {
            raw.add(door, bytes);
            raw.add(door, "JRMI\u0000\u0002K\r\n\r\n");
        }
        assertThat(raw.as("root")).allMatch(r -> r.status() == 0 || r.status() == 400);
        isWell();
    }

    @Test
    void ab_74_patterns_of_loggers_are_letters() {
        String hostile = "${jndi:ldap://127.0.0.1:1/x} {} %n ${env:PATH}";
        List<RawRequests.Reply> replies =
                raw().add(
                                "unix",
                                "GET /${jndi:x} HTTP/1.1\r\n" + UNIX + "X: " + hostile + "\r\n\r\n")
                        .add(
                                "unix",
                                evaluate(
                                        "{\"eventType\":\"CommandLine\",\"user\":{\"name\":\"alice\"},"
                                                + "\"target\":{\"path\":\"/usr/bin/id\"},"
                                                + "\"justification\":\""
                                                + hostile
                                                + "\"}"))
                        .as("root");
        assertThat(replies.get(0).status()).isIn(400, 404);
        assertThat(replies.get(1).status()).isEqualTo(200);
        assertThat(trial.sh("cat /opt/keeper/sbin/logs/* /var/lib/kepm/log/* 2>/dev/null").out())
                .doesNotContain("/usr/local/sbin:/usr/local/bin");
    }

    @Test
    void ab_101_what_others_may_is_nobodys_business() {
        List<RawRequests.Reply> replies =
                raw().add("unix", "GET /api/entitlements?user=alice HTTP/1.1\r\n" + UNIX + "\r\n")
                        .add(
                                "unix",
                                "GET /api/entitlements?user=nobody-x HTTP/1.1\r\n" + UNIX + "\r\n")
                        .add("unix", "GET /api/entitlements HTTP/1.1\r\n" + UNIX + "\r\n")
                        .as("bob");
        assertThat(replies.get(0).status()).isEqualTo(403);
        assertThat(replies.get(1).body()).isEqualTo(replies.get(0).body());
        assertThat(replies.get(2).body()).doesNotContain("secretpolicy", "alice");
    }

    @Test
    void ab_137_the_door_of_decisions_is_roots_alone() {
        assertThat(trial.exec("stat", "-c", "%U %a", "/run/keeper/decide.sock").out().trim())
                .isEqualTo("root 600");
        assertThat(raw().add("/run/keeper/decide.sock", "x").as("bob").get(0).body())
                .contains("Permission denied");
    }

    @Test
    void ab_138_a_new_connection_is_no_new_allowance() {
        RawRequests raw = raw();
        for (int i = 0; i < 104; i++) {
            raw.add("unix", evaluate("{}"));
        }
        List<RawRequests.Reply> replies = raw.as("carol");
        assertThat(replies.get(103).status()).isEqualTo(429);
        assertThat(replies.get(103).header("retry-after")).isNotEmpty();
        assertThat(trial.as("alice", "sudo", "-n", "true").code()).isZero();
    }

    @Test
    void ab_140_a_flood_of_refusals_is_a_few_records_and_a_count() {
        RawRequests raw = raw();
        for (int i = 0; i < 300; i++) {
            raw.add("unix", "GET /api/audit HTTP/1.1\r\n" + UNIX + "\r\n");
        }
        assertThat(raw.as("carol")).allMatch(reply -> reply.status() == 403);
        assertThat(trial.audit("--type", "AUTHORIZATION_FAILED", "--user", "carol"))
                .hasSizeBetween(1, 45);
    }
}
