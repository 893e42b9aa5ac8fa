package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditFilter;
import io.kepm.api.linux.SocketOwners.Owner;
import io.kepm.api.trust.WrongProofs;
import io.kepm.https.RawClient.Reply;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is signed in at the console, with which link, from which browser, and for how long. */
class ConsoleTest {

    private static final long ALICE = 1001;
    private static final long BOB = 1002;
    private static final String PAGE = "Sec-Fetch-Site: same-origin\r\n";

    private TestAgent agent;

    @TempDir Path run;

    @BeforeEach
    void open() throws Exception {
        agent = new TestAgent(run);
        browserOf(ALICE);
    }

    @AfterEach
    void close() {
        agent.close();
    }

    private void browserOf(long uid) {
        agent.owners.owner = Optional.of(new Owner(uid, 7));
    }

    @Test
    void the_files_run_nothing_but_themselves_and_are_for_everybody() throws Exception {
        for (String path :
                List.of(
                        "/console",
                        "/console/",
                        "/console/index.html",
                        "/Console/console.css",
                        "/console/api.js",
                        "/console/parts.js",
                        "/console/views.js",
                        "/console/admin.js",
                        "/console/console.js",
                        "/console/icon.svg")) {
            Reply reply = ask("GET", path, "");
            assertThat(reply.status()).as(path).isEqualTo(200);
            assertThat(reply.header("Content-Security-Policy"))
                    .startsWith("default-src 'none'; script-src 'self'; style-src 'self'")
                    .contains("frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'")
                    .doesNotContain("unsafe", "http", "*");
            assertThat(reply.header("X-Content-Type-Options")).isEqualTo("nosniff");
            // Nothing inline, nothing of others, and no way for a text to become markup.
            assertThat(reply.body())
                    .doesNotContain("innerHTML", "insertAdjacentHTML", "eval(", " style=\"")
                    .doesNotContainPattern("<script>|\\bon[a-z]+=\"|https?://(?!www\\.w3\\.org)");
        }
        for (String path : List.of("/console/none", "/console/a/b", "/console/Console.css")) {
            assertThat(ask("GET", path, "").status()).as(path).isEqualTo(404);
        }
        assertThat(ask("GET", "/console/%2e%2e/x", "").status()).isEqualTo(400);
    }

    @Test
    void what_a_user_sees_is_the_whole_list_and_not_its_first_page() throws Exception {
        assertThat(ask("GET", "/console/views.js", "").body())
                .contains("all('/api/grants')", "all('/api/requests')", "all('/api/entitlements')")
                .doesNotContainPattern("[^a-z]get\\('/api/(grants|requests|entitlements)'\\)");
        assertThat(ask("GET", "/console/admin.js", "").body())
                .contains("all('/api/plugins')", "all('/api/jobs')")
                .doesNotContainPattern("[^a-z]get\\('/api/(plugins|jobs)'\\)");
        assertThat(ask("GET", "/console/api.js", "").body()).contains("?after=${");
    }

    /** The agent looks for so long: that nothing was found yet is not that there is nothing. */
    @Test
    void who_looks_for_records_can_look_on_and_is_shown_a_filter_that_is_one() throws Exception {
        String script = ask("GET", "/console/admin.js", "").body();
        assertThat(script).contains("after = next;", "from number ${next} on");
        Matcher example = Pattern.compile("placeholder: \"(audit_[^\"]+)\"").matcher(script);
        assertThat(example.find()).isTrue();
        assertThat(AuditFilter.parse(example.group(1)).terms()).hasSize(2);
    }

    @Test
    void a_link_signs_its_user_in_with_that_users_tier_and_no_more() throws Exception {
        String cookie = signedIn(ALICE);
        Reply session = ask("GET", "/api/console/session", cookie);
        assertThat(session.status()).isEqualTo(200);
        assertThat(session.body()).contains("\"user\":\"alice\",\"admin\":false");
        assertThat(ask("GET", "/api/grants", cookie).body()).contains("g1").doesNotContain("g2");
        for (String path : List.of("/api/audit", "/api/policies", "/api/health", "/api/tokens")) {
            assertThat(ask("GET", path, cookie).status()).as(path).isEqualTo(403);
        }
        assertThat(ask("POST", "/api/governed", cookie).status()).isEqualTo(403);
        assertThat(agent.audit.drafts.toString()).contains("LINK_GIVEN", "SIGNED_IN");
    }

    @Test
    void the_cookie_is_for_this_host_and_its_pages_and_no_script_reads_it() throws Exception {
        Reply reply = signIn(link(ALICE));
        assertThat(reply.header("Set-Cookie"))
                .matches(
                        "__Host-kepm=[A-Za-z0-9_-]{43}; Path=/; Secure; HttpOnly; SameSite=Strict;"
                                + " Max-Age=900");
        assertThat(reply.body()).doesNotContain("__Host");
    }

    @Test
    void a_link_is_good_once() throws Exception {
        String link = link(ALICE);
        assertThat(signIn(link).status()).isEqualTo(200);
        Reply again = signIn(link);
        assertThat(again.status()).isEqualTo(401);
        // Else a browser asks its user for a password.
        assertThat(again.header("WWW-Authenticate")).isEqualTo("Kepm-Link realm=\"kepm\"");
        assertThat(agent.audit.last().type().name()).isEqualTo("PROCESS_AUTHENTICATION_FAILED");
        // A new one takes the place of the former one.
        String former = link(ALICE);
        String latter = link(ALICE);
        assertThat(signIn(former).status()).isEqualTo(401);
        assertThat(signIn(latter).status()).isEqualTo(200);
    }

    @Test
    void a_link_that_somebody_else_got_hold_of_is_worth_nothing_to_anybody() throws Exception {
        String link = link(ALICE);
        browserOf(BOB);
        assertThat(signIn(link).status()).isEqualTo(401);
        assertThat(agent.audit.last().user().orElseThrow().uid()).isEqualTo(BOB);
        browserOf(ALICE);
        assertThat(signIn(link).status()).as("it was used up").isEqualTo(401);
    }

    @Test
    void a_link_opens_nothing_but_the_session() throws Exception {
        String link = "Authorization: Kepm-Link " + link(0) + "\r\n" + PAGE;
        browserOf(0);
        assertThat(ask("GET", "/api/audit", link).status()).isEqualTo(401);
        assertThat(ask("GET", "/api/console/session", link).status()).isEqualTo(401);
        assertThat(ask("POST", "/api/governed", link).status()).isEqualTo(401);
        assertThat(agent.governed.done).isEmpty();
    }

    @Test
    void ab_51_who_guesses_links_is_locked_out() throws Exception {
        for (int i = 0; i < WrongProofs.MOST; i++) {
            assertThat(signIn("guess" + i).status()).isEqualTo(401);
        }
        assertThat(signIn(link(ALICE)).status()).isEqualTo(401);
    }

    @Test
    void a_session_and_a_link_end_by_the_clock_also_when_it_is_set_back() {
        Instant[] now = {Instant.parse("2026-01-01T12:00:00Z")};
        ConsoleSessions sessions = new ConsoleSessions(() -> now[0]);
        Caller alice = Caller.of(new io.kepm.api.linux.Peer(1, ALICE, ALICE));
        for (Duration later :
                List.of(ConsoleSessions.LINK_LIFE, Duration.ofSeconds(-1), Duration.ofDays(-1))) {
            String link = sessions.link(alice, ALICE).orElseThrow().text();
            now[0] = now[0].plus(later);
            assertThat(sessions.takeLink(link, ALICE)).as("link %s", later).isEmpty();
        }
        for (Duration later :
                List.of(ConsoleSessions.SESSION_LIFE, Duration.ofSeconds(-1), Duration.ofDays(9))) {
            String link = sessions.link(alice, ALICE).orElseThrow().text();
            Caller signing = sessions.takeLink(link, ALICE).orElseThrow();
            String text = sessions.begin(signing).orElseThrow().text();
            now[0] = now[0].plus(Duration.ofMillis(1));
            assertThat(sessions.find(text, ALICE)).isPresent();
            now[0] = now[0].plus(later);
            assertThat(sessions.find(text, ALICE)).as("session %s", later).isEmpty();
        }
    }

    @Test
    void a_fifth_session_ends_the_first() throws Exception {
        String first = signedIn(ALICE);
        for (int i = 0; i < ConsoleSessions.MOST_OF_ONE; i++) {
            Thread.sleep(2);
            signedIn(ALICE);
        }
        assertThat(ask("GET", "/api/grants", first).status()).isEqualTo(401);
    }

    @Test
    void a_cookie_in_another_users_browser_is_nobodys() throws Exception {
        // Such as of a web server of theirs on another port, which the browser sends it to as well.
        String cookie = signedIn(ALICE);
        browserOf(BOB);
        assertThat(ask("GET", "/api/grants", cookie).status()).isEqualTo(401);
        agent.owners.owner = Optional.empty();
        assertThat(ask("GET", "/api/grants", cookie).status()).isEqualTo(401);
        browserOf(ALICE);
        assertThat(ask("GET", "/api/grants", cookie).status()).isEqualTo(200);
    }

    @Test
    void a_session_that_was_planted_signs_nobody_in() throws Exception {
        // Bob's own cookie, put into alice's browser: she does nothing in his name.
        browserOf(BOB);
        String planted = signedIn(BOB);
        browserOf(ALICE);
        assertThat(ask("GET", "/api/grants", planted).status()).isEqualTo(401);
        // What is in the browser before is not what it has after.
        String chosen = "Cookie: __Host-kepm=chosen\r\n" + PAGE;
        Reply reply = ask("POST", "/api/console/session", chosen + by(link(ALICE)));
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("Set-Cookie")).doesNotContain("chosen");
        assertThat(ask("GET", "/api/grants", chosen).status()).isEqualTo(401);
        // Two of the name: one was put there by somebody else.
        String two = signedIn(ALICE).replace("Cookie: ", "Cookie: __Host-kepm=x; ");
        assertThat(ask("GET", "/api/grants", two).status()).isEqualTo(401);
    }

    @Test
    void ab_42_a_cookie_counts_in_what_a_page_of_the_console_asks_for_and_nowhere_else()
            throws Exception {
        String cookie = signedIn(ALICE).replace(PAGE, "");
        String path = "/api/grants/g1";
        for (String site : List.of("cross-site", "same-site")) {
            String foreign = cookie + "Sec-Fetch-Site: " + site + "\r\n";
            assertThat(ask("DELETE", path, foreign).status()).as(site).isEqualTo(403);
        }
        for (String origin : List.of("https://evil.example", "http://localhost:8080", "null")) {
            String foreign = cookie + PAGE + "Origin: " + origin + "\r\n";
            assertThat(ask("DELETE", path, foreign).status()).as(origin).isEqualTo(403);
        }
        // A browser that does not say where it comes from, a link that was typed.
        assertThat(ask("DELETE", path, cookie).status()).isEqualTo(401);
        assertThat(ask("DELETE", path, cookie + "Sec-Fetch-Site: none\r\n").status())
                .isEqualTo(401);
        assertThat(agent.launches.ended).isEmpty();
        assertThat(ask("DELETE", path, cookie + PAGE).status()).isEqualTo(200);
        assertThat(agent.launches.ended).containsExactly("g1 by alice");
    }

    @Test
    void a_form_changes_nothing_with_a_cookie_either() throws Exception {
        String cookie = signedIn(ALICE);
        try (RawClient client = agent.tls()) {
            Reply reply =
                    client.send(
                            "POST /api/requests/r-1/approve HTTP/1.1\r\nHost: localhost:"
                                    + agent.https
                                    + "\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n"
                                    + cookie
                                    + "\r\n{}");
            assertThat(reply.status()).isEqualTo(415);
        }
        assertThat(agent.requests.acts).isEmpty();
    }

    @Test
    void signing_out_ends_it_at_once() throws Exception {
        String cookie = signedIn(ALICE);
        Reply reply = ask("DELETE", "/api/console/session", cookie);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("Set-Cookie")).contains("__Host-kepm=;", "Max-Age=0");
        assertThat(ask("GET", "/api/console/session", cookie).status()).isEqualTo(401);
    }

    @Test
    void root_administers_by_it_on_record_and_makes_no_tokens() throws Exception {
        browserOf(0);
        String cookie = signedIn(0);
        assertThat(ask("GET", "/api/governed", cookie).status()).isEqualTo(200);
        assertThat(agent.audit.last().details().get("via")).startsWith("console session ");
        assertThat(ask("GET", "/api/tokens", cookie).status()).isEqualTo(403);
        assertThat(ask("POST", "/api/console", cookie).status()).isEqualTo(403);
    }

    @Test
    void root_names_whose_browser_it_uses_and_no_governed_one() throws Exception {
        try (RawClient root = agent.as(0)) {
            // Alice is governed in this world, bob is not.
            assertThat(root.post("/api/console", "{\"browser\":\"alice\"}").status())
                    .isEqualTo(403);
            assertThat(root.post("/api/console", "{\"browser\":\"nobody-here\"}").status())
                    .isEqualTo(422);
            String link = linkIn(root.post("/api/console", "{\"browser\":\"bob\"}"));
            browserOf(BOB);
            assertThat(signIn(link).body()).contains("\"user\":\"root\",\"admin\":true");
        }
        try (RawClient alice = agent.as(ALICE)) {
            assertThat(alice.post("/api/console", "{\"browser\":\"bob\"}").status()).isEqualTo(403);
        }
    }

    @Test
    void ab_136_from_inside_a_grant_there_is_no_link() throws Exception {
        agent.byGrant = Optional.of("inside the grant g1 of `alice`");
        try (RawClient root = agent.as(0)) {
            assertThat(root.post("/api/console", "{}").status()).isEqualTo(403);
        }
    }

    @Test
    void ab_135_who_had_logged_in_where_the_link_was_asked_for_is_who_decides() throws Exception {
        for (OptionalLong login :
                List.of(OptionalLong.of(BOB), OptionalLong.empty(), Caller.NOT_KNOWN)) {
            agent.sockets.login = login;
            String cookie = signedIn(ALICE);
            agent.sockets.login = OptionalLong.of(ALICE);
            assertThat(ask("POST", "/api/requests/r-1/approve", cookie).status()).isEqualTo(200);
            int last = agent.requests.people.size() - 1;
            assertThat(agent.requests.people.get(last).loginUid()).isEqualTo(login);
        }
    }

    @Test
    void over_tcp_nobody_gets_a_link_and_without_a_name_service_neither() throws Exception {
        assertThat(ask("POST", "/api/console", PAGE).status()).isEqualTo(401);
        agent.names.hangs = true;
        try (RawClient alice = agent.as(ALICE)) {
            assertThat(alice.post("/api/console", "{}").status()).isEqualTo(503);
        }
        agent.names.hangs = false;
        agent.audit.broken = true;
        try (RawClient alice = agent.as(ALICE)) {
            assertThat(alice.post("/api/console", "{}").status()).isEqualTo(503);
        }
    }

    @Test
    void no_stream_outlives_a_session_and_no_record_has_what_opens_one() throws Exception {
        String link = link(ALICE);
        String cookie = "Cookie: " + cookieOf(signIn(link)) + "\r\n" + PAGE;
        assertThat(ask("GET", "/api/requests/stream", cookie).status()).isEqualTo(403);
        assertThat(agent.audit.drafts.toString()).doesNotContain(link, cookie.substring(20, 50));
    }

    private String link(long uid) throws Exception {
        try (RawClient client = agent.as(uid)) {
            return linkIn(client.post("/api/console", "{}"));
        }
    }

    private String linkIn(Reply reply) {
        Matcher link =
                Pattern.compile(
                                "\"link\":\"https://localhost:"
                                        + agent.https
                                        + "/console/#([A-Za-z0-9_-]{43})\"")
                        .matcher(reply.body());
        assertThat(link.find()).as(reply.body()).isTrue();
        return link.group(1);
    }

    private String signedIn(long uid) throws Exception {
        return "Cookie: " + cookieOf(signIn(link(uid))) + "\r\n" + PAGE;
    }

    private static String cookieOf(Reply reply) {
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        String cookie = reply.header("Set-Cookie");
        return cookie.substring(0, cookie.indexOf(';'));
    }

    private Reply signIn(String link) throws Exception {
        return ask("POST", "/api/console/session", PAGE + by(link));
    }

    private static String by(String link) {
        return "Authorization: Kepm-Link " + link + "\r\n";
    }

    private Reply ask(String method, String path, String headers) throws Exception {
        String body =
                method.equals("GET")
                        ? "\r\n"
                        : "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
        try (RawClient client = agent.tls()) {
            return client.send(
                    method
                            + " "
                            + path
                            + " HTTP/1.1\r\nHost: localhost:"
                            + agent.https
                            + "\r\n"
                            + headers
                            + body);
        }
    }
}
