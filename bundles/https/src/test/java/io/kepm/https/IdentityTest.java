package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditType;
import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.linux.LaunchOrder;
import io.kepm.api.linux.SocketOwners.Owner;
import io.kepm.api.storage.Table;
import io.kepm.api.trust.FakeLaunches;
import io.kepm.api.trust.Launches.Component;
import io.kepm.api.trust.Launches.Reach;
import io.kepm.api.trust.TopicRights;
import io.kepm.api.trust.WrongProofs;
import io.kepm.https.RawClient.Reply;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who proves what over HTTPS, and who is an administrator on the Unix socket. */
class IdentityTest {

    private static final long PROMETHEUS = 2001;

    private TestAgent agent;
    private FakeLaunches launches;

    @TempDir Path run;

    @BeforeEach
    void open() throws Exception {
        agent = new TestAgent(run);
        launches = (FakeLaunches) agent.processes;
        agent.owners.owner = Optional.of(new Owner(PROMETHEUS, 7));
    }

    @AfterEach
    void close() {
        agent.close();
    }

    @Test
    void a_launched_plugin_reads_what_plugins_read() throws Exception {
        launch("plugin:a", 61_234, Reach.PLUGIN);
        assertThat(get("/api/health", basic("plugin:a")).status()).isEqualTo(200);
        assertThat(get("/api/policies", basic("plugin:a")).status()).isEqualTo(200);
        assertThat(get("/api/health", "").status()).isEqualTo(401);
    }

    @Test
    void what_identified_callers_wait_for_holds_none_of_the_few_threads_of_strangers()
            throws Exception {
        launch("job:a:1", 1001, Reach.USER);
        List<RawClient> waiting = new ArrayList<>();
        try {
            for (int i = 0; i < 4; i++) {
                RawClient client = agent.tls();
                waiting.add(client);
                client.write(
                        "GET /api/requests/stream HTTP/1.1\r\nHost: localhost:"
                                + agent.https
                                + "\r\n"
                                + basic("job:a:1")
                                + "\r\n");
                client.until("retry: 2000");
            }
            // Somebody else's: one user has no more than his share.
            agent.owners.owner = Optional.of(new Owner(2002, 8));
            List<RawClient> strangers = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                strangers.add(agent.tls());
            }
            for (RawClient stranger : strangers) {
                waiting.add(stranger);
                assertThat(stranger.get("/health", "localhost:" + agent.https).status())
                        .isEqualTo(200);
            }
            assertThat(atTheDoor())
                    .allMatch(thread -> thread.getPriority() == Thread.MIN_PRIORITY)
                    .filteredOn(thread -> !isInStream(thread))
                    .hasSizeBetween(1, 4);
            assertThat(atTheDoor()).filteredOn(IdentityTest::isInStream).hasSizeBetween(1, 4);
        } finally {
            for (RawClient client : waiting) {
                client.close();
            }
        }
    }

    /** All are judged while others wait for the very thread: three are held until all have come. */
    @Test
    void however_many_identified_callers_wait_a_stranger_is_answered() throws Exception {
        launch("job:a:1", 1001, Reach.USER);
        CountDownLatch hanging = new CountDownLatch(1);
        agent.engine.hanging = hanging;
        String body = "{\"eventType\":\"CommandLine\",\"target\":{\"path\":\"/usr/bin/id\"}}";
        List<RawClient> asking = new ArrayList<>();
        try {
            for (int i = 0; i < 16; i++) {
                asking.add(agent.tls());
                asking.get(i).get("/health", "localhost:" + agent.https);
            }
            List<RawClient> wrong = List.of(agent.tls(), agent.tls(), agent.tls());
            synchronized (agent.audit) {
                for (RawClient client : wrong) {
                    client.write(post("/api/evaluate", body, bearer("kepm-0.1"), agent.https));
                }
                TestAgent.await(
                        () -> atTheDoor().stream().filter(IdentityTest::isHeld).count() == 3);
                for (RawClient client : asking) {
                    client.write(post("/api/evaluate", body, basic("job:a:1"), agent.https));
                }
                Thread.sleep(300);
                assertThat(agent.engine.asked).isEmpty();
            }
            for (RawClient client : wrong) {
                assertThat(client.read(false).status()).isEqualTo(401);
                client.close();
            }
            TestAgent.await(() -> agent.engine.asked.size() == asking.size());
            agent.owners.owner = Optional.of(new Owner(2002, 8));
            try (RawClient stranger = agent.tls()) {
                assertThat(stranger.get("/health", "localhost:" + agent.https).status())
                        .isEqualTo(200);
            }
            hanging.countDown();
            for (RawClient client : asking) {
                assertThat(client.read(false).status()).isEqualTo(200);
            }
        } finally {
            hanging.countDown();
            for (RawClient client : asking) {
                client.close();
            }
        }
    }

    /** Threads that work for whoever connected over TLS; those that wait for work are none. */
    private List<Thread> atTheDoor() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(entry -> entry.getKey().getName().startsWith("https-" + agent.https))
                .filter(entry -> isIn(entry.getValue(), "FewThreads$Turn"))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static boolean isHeld(Thread thread) {
        return thread.getState() == Thread.State.BLOCKED;
    }

    private static boolean isInStream(Thread thread) {
        return isIn(thread.getStackTrace(), "RequestStream");
    }

    private static boolean isIn(StackTraceElement[] stack, String type) {
        return Arrays.stream(stack).anyMatch(frame -> frame.getClassName().endsWith(type));
    }

    @Test
    void ab_34_a_plugin_that_asks_for_a_route_of_administrators_is_refused_and_on_record()
            throws Exception {
        // Even one that runs as root.
        for (long uid : new long[] {61_234, 0}) {
            String id = "plugin:a" + uid;
            launch(id, uid, Reach.PLUGIN);
            assertThat(get("/api/audit", basic(id)).status()).isEqualTo(403);
            assertThat(get("/api/tokens", basic(id)).status()).isEqualTo(403);
            assertThat(post("/api/governed", "{}", basic(id)).status()).isEqualTo(403);
            AuditDraft draft = agent.audit.last();
            assertThat(draft.type()).isEqualTo(AuditType.AUTHORIZATION_FAILED);
            assertThat(draft.user().orElseThrow().uid()).isEqualTo(uid);
            assertThat(draft.details())
                    .containsEntry("route", "/api/governed")
                    .containsEntry("door", "https");
        }
        assertThat(agent.governed.done).isEmpty();
    }

    @Test
    void ab_34_a_task_of_a_user_reaches_no_further_than_that_user() throws Exception {
        launch("job:a:1", 1001, Reach.USER);
        assertThat(get("/api/grants", basic("job:a:1")).body()).contains("g1").doesNotContain("g2");
        assertThat(get("/api/policies", basic("job:a:1")).status()).isEqualTo(403);
        launch("job:b:1", 0, Reach.USER);
        assertThat(get("/api/audit", basic("job:b:1")).status()).isEqualTo(403);
    }

    @Test
    void ab_34_a_process_of_a_job_asks_ahead_for_the_user_it_runs_as_and_for_nobody_else()
            throws Exception {
        String asked = "{\"argv\":[\"/usr/bin/id\"],\"reason\":\"a good reason\"}";
        launch("job:a:1", 1001, Reach.USER);
        assertThat(post("/api/requests", asked, basic("job:a:1")).status()).isEqualTo(200);
        LaunchRequest request = agent.launches.ahead.get(0);
        assertThat(request.user() + " " + request.uid()).isEqualTo("alice 1001");
        // No session of its own: no factor that was given at a terminal counts for it.
        assertThat(request.tty()).isEmpty();
        String forRoot = asked.replace("}", ",\"user\":\"root\",\"uid\":0}");
        assertThat(post("/api/requests", forRoot, basic("job:a:1")).status()).isEqualTo(422);
        // Root of a job, and a plugin's own user, have nobody to ask for.
        launch("job:b:1", 0, Reach.USER);
        launch("plugin:c", 61_234, Reach.PLUGIN);
        for (String id : List.of("job:b:1", "plugin:c")) {
            assertThat(post("/api/requests", asked, basic(id)).status()).as(id).isEqualTo(403);
            assertThat(post("/api/grants/g1/extend", "{}", basic(id)).status()).isEqualTo(403);
            assertThat(post("/api/requests/r-1/challenge", "{}", basic(id)).status())
                    .isEqualTo(403);
        }
        assertThat(agent.launches.ahead).hasSize(1);
    }

    @Test
    void ab_34_a_plugin_launches_what_its_document_declares_and_nobody_else_asks_here()
            throws Exception {
        FakeJobs jobs = new FakeJobs();
        agent.jobs = jobs;
        String asked = "{\"job\":\"sweep\",\"user\":\"alice\",\"request\":\"r-1\"}";
        launch("plugin:helper", 61_234, Reach.PLUGIN);
        launch("plugin:other", 61_235, Reach.PLUGIN);
        launch("job:helper:1", 0, Reach.PLUGIN);
        launch("job:b:1", 1001, Reach.USER);
        assertThat(post("/api/launch", asked, basic("plugin:helper")).status()).isEqualTo(202);
        assertThat(jobs.launches.get(0).user().orElseThrow().uid()).isEqualTo(1001);
        assertThat(jobs.launches.get(0).request()).isEqualTo("r-1");
        Reply other = post("/api/launch", asked, basic("plugin:other"));
        Reply none = post("/api/launch", asked.replace("sweep", "none"), basic("plugin:helper"));
        assertThat(other.status()).isEqualTo(404);
        assertThat(other.body()).isEqualTo(none.body());
        assertThat(post("/api/launch", asked, basic("job:helper:1")).status()).isEqualTo(403);
        assertThat(post("/api/launch", asked, basic("job:b:1")).status()).isEqualTo(403);
        assertThat(post("/api/launch", asked, bearer(token("admin"))).status()).isEqualTo(403);
        try (RawClient root = agent.as(0)) {
            assertThat(root.post("/api/launch", asked).status()).isEqualTo(403);
        }
        for (String user : List.of("root", "nobody-here", "../alice")) {
            String named = asked.replace("alice", user);
            assertThat(post("/api/launch", named, basic("plugin:helper")).status())
                    .as(user)
                    .isEqualTo(422);
        }
        for (String wrong :
                List.of(
                        asked.replace("r-1", "r-2"),
                        asked.replace("\"user\":\"alice\",", ""),
                        // He may decide it, and did not make it.
                        asked.replace("alice", "bob"))) {
            assertThat(post("/api/launch", wrong, basic("plugin:helper")).body())
                    .as(wrong)
                    .contains("/request", "`user` has no such request");
        }
        assertThat(jobs.launches).hasSize(3);
    }

    @Test
    void claims_that_do_not_hold_are_answered_alike() throws Exception {
        launch("plugin:a", 61_234, Reach.PLUGIN);
        for (String header :
                List.of(
                        header("plugin:a:wrong"),
                        header("plugin:b:wrong"),
                        header("plugin:a"),
                        header(""),
                        "Authorization: Basic %%%\r\n",
                        "Authorization: Digest x\r\n",
                        "Authorization: Bearer\r\n",
                        basic("plugin:a") + basic("plugin:a"))) {
            Reply reply = get("/api/health", header);
            assertThat(reply.status()).as(header).isEqualTo(401);
            assertThat(reply.header("WWW-Authenticate")).startsWith("Basic realm=\"kepm\"");
            assertThat(reply.body()).contains("the credentials are not valid");
        }
        assertThat(get("/health", header("plugin:a:wrong")).status()).isEqualTo(200);
    }

    @Test
    void an_administrators_token_is_one_for_a_quarter_of_an_hour_and_on_record() throws Exception {
        String token = token("admin");
        Reply reply = get("/api/governed", bearer(token));
        assertThat(reply.status()).isEqualTo(200);
        AuditDraft draft = agent.audit.last();
        assertThat(draft.type()).isEqualTo(AuditType.ADMIN_ACTION);
        assertThat(draft.details()).containsEntry("route", "/api/governed");
        assertThat(draft.details().get("via")).startsWith("token ");
        assertThat(agent.audit.drafts.toString()).doesNotContain(token);
        // What a token can do must not outlive it.
        assertThat(post("/api/tokens", "{\"kind\":\"admin\"}", bearer(token)).status())
                .isEqualTo(403);
        assertThat(get("/api/tokens", bearer(token)).status()).isEqualTo(403);
    }

    @Test
    void a_token_is_given_to_root_on_the_socket_alone() throws Exception {
        assertThat(post("/api/tokens", "{\"kind\":\"admin\"}", "").status()).isEqualTo(401);
        try (RawClient alice = agent.as(1001)) {
            assertThat(alice.post("/api/tokens", "{\"kind\":\"admin\"}").status()).isEqualTo(403);
        }
        try (RawClient root = agent.as(0)) {
            assertThat(root.post("/api/tokens", "{\"kind\":\"king\"}").status()).isEqualTo(422);
            assertThat(root.post("/api/tokens", "{}").status()).isEqualTo(422);
        }
    }

    @Test
    void a_scrape_token_reads_figures_and_nothing_else() throws Exception {
        String token = token("scrape");
        assertThat(get("/metrics", bearer(token)).status()).isEqualTo(200);
        assertThat(get("/api/health", bearer(token)).status()).isEqualTo(200);
        for (String path : List.of("/api/audit", "/api/policies", "/api/grants", "/api/tokens")) {
            assertThat(get(path, bearer(token)).status()).as(path).isEqualTo(403);
        }
        assertThat(post("/api/evaluate", "{}", bearer(token)).status()).isEqualTo(403);
    }

    @Test
    void a_scrape_token_lives_through_a_restart_and_a_tool_s_does_not() throws Exception {
        String scrape = token("scrape");
        String admin = token("admin");
        agent.close();
        agent = new TestAgent(run, agent.audit);
        agent.owners.owner = Optional.of(new Owner(PROMETHEUS, 7));
        assertThat(get("/metrics", bearer(scrape)).status()).isEqualTo(200);
        assertThat(get("/api/governed", bearer(admin)).status()).isEqualTo(401);
        // Only its digest is kept.
        agent.audit
                .store
                .list(Table.AGENT_STATE)
                .forEach(
                        (key, value) ->
                                assertThat(new String(value, StandardCharsets.US_ASCII))
                                        .doesNotContain(scrape.substring(scrape.indexOf('.') + 1)));
    }

    @Test
    void the_kernel_is_asked_once_whose_a_connection_is_and_again_where_it_could_not_tell()
            throws Exception {
        String token = token("scrape");
        int before = agent.owners.asked.get();
        try (RawClient client = agent.tls()) {
            for (int i = 0; i < 3; i++) {
                assertThat(get(client, "/metrics", bearer(token)).status()).isEqualTo(200);
            }
            assertThat(agent.owners.asked.get() - before).isEqualTo(1);
        }
        agent.owners.owner = Optional.empty();
        try (RawClient client = agent.tls()) {
            assertThat(client.get("/health", "localhost:" + agent.https).status()).isEqualTo(200);
            agent.owners.owner = Optional.of(new Owner(PROMETHEUS, 7));
            assertThat(get(client, "/metrics", bearer(token)).status()).isEqualTo(200);
        }
    }

    @Test
    void a_revoked_token_is_worth_nothing_at_once() throws Exception {
        String token = token("scrape");
        String id = token.substring(5, token.indexOf('.'));
        try (RawClient root = agent.as(0)) {
            assertThat(root.get("/api/tokens").body()).contains(id).doesNotContain(token);
            assertThat(root.post("/api/tokens/revoke", "{\"id\":\"" + id + "\"}").status())
                    .isEqualTo(200);
            assertThat(root.post("/api/tokens/revoke", "{\"id\":\"" + id + "\"}").status())
                    .isEqualTo(409);
        }
        assertThat(get("/metrics", bearer(token)).status()).isEqualTo(401);
        assertThat(agent.audit.store.list(Table.AGENT_STATE)).isEmpty();
    }

    @Test
    void ab_51_a_user_who_guesses_tokens_is_locked_out_and_on_record() throws Exception {
        String token = token("admin");
        for (int i = 0; i < WrongProofs.MOST; i++) {
            assertThat(get("/api/audit", bearer("kepm-0." + i)).status()).isEqualTo(401);
        }
        AuditDraft draft = agent.audit.last();
        assertThat(draft.type()).isEqualTo(AuditType.PROCESS_AUTHENTICATION_FAILED);
        assertThat(draft.user().orElseThrow().uid()).isEqualTo(PROMETHEUS);
        assertThat(get("/api/governed", bearer(token)).status()).isEqualTo(401);
        assertThat(agent.audit.last().reason()).contains("locked for a minute");
        agent.owners.owner = Optional.of(new Owner(2002, 8));
        assertThat(get("/api/governed", bearer(token)).status()).isEqualTo(200);
    }

    @Test
    void ab_31_a_token_of_a_connection_without_an_owner_is_refused() throws Exception {
        String token = token("admin");
        agent.owners.owner = Optional.empty();
        assertThat(get("/api/governed", bearer(token)).status()).isEqualTo(401);
        agent.owners.broken = true;
        assertThat(get("/api/governed", bearer(token)).status()).isEqualTo(401);
    }

    @Test
    void what_a_request_on_the_socket_says_of_itself_is_not_read() throws Exception {
        String token = token("admin");
        try (RawClient alice = agent.as(1001)) {
            Reply reply =
                    alice.send(
                            "GET /api/audit HTTP/1.1\r\nHost: kepm\r\n" + bearer(token) + "\r\n");
            assertThat(reply.status()).isEqualTo(403);
        }
    }

    @Test
    void ab_136_root_inside_a_grant_is_no_administrator_and_on_record() throws Exception {
        agent.byGrant = Optional.of("inside the grant g1 of `alice`");
        try (RawClient root = agent.as(0)) {
            assertThat(root.get("/health").status()).isEqualTo(200);
            for (String path : List.of("/api/audit", "/api/tokens", "/api/governed")) {
                Reply reply = root.get(path);
                assertThat(reply.status()).as(path).isEqualTo(403);
                assertThat(reply.body()).contains("inside the grant g1");
            }
            assertThat(root.post("/api/governed", "{}").status()).isEqualTo(403);
            assertThat(root.post("/api/tokens", "{\"kind\":\"admin\"}").status()).isEqualTo(403);
        }
        assertThat(agent.governed.done).isEmpty();
        assertThat(agent.audit.last().type()).isEqualTo(AuditType.AUTHORIZATION_FAILED);
        assertThat(agent.audit.last().reason()).contains("inside the grant g1");
    }

    @Test
    void ab_34_a_component_that_is_root_is_no_administrator_on_the_socket_either()
            throws Exception {
        launches.origin =
                Optional.of(new Component("plugin:a", Reach.PLUGIN, TopicRights.NONE, true));
        try (RawClient root = agent.as(0)) {
            Reply reply = root.get("/api/audit");
            assertThat(reply.status()).isEqualTo(403);
            assertThat(reply.body()).contains("launched as `plugin:a`");
        }
    }

    @Test
    void ab_31_root_of_whom_nothing_more_can_be_told_is_hung_up_on() throws Exception {
        agent.sockets.gone = true;
        try (RawClient root = agent.as(0)) {
            assertThat(root.get("/api/audit").status()).isZero();
        }
    }

    @Test
    void ab_35_a_caller_of_another_namespace_is_nobody_and_on_record() throws Exception {
        try (RawClient inside = agent.as(65534)) {
            Reply reply = inside.get("/api/audit");
            assertThat(reply.status()).isEqualTo(401);
            assertThat(reply.body()).contains("namespace");
        }
        AuditDraft draft = agent.audit.last();
        assertThat(draft.type()).isEqualTo(AuditType.PROCESS_AUTHENTICATION_FAILED);
        assertThat(draft.reason()).contains("namespace");
        assertThat(draft.user().orElseThrow().pid()).isEqualTo(4711);
    }

    private void launch(String clientId, long uid, Reach reach) throws Exception {
        launches.launch(
                new Component(clientId, reach, TopicRights.NONE, true),
                new LaunchOrder(
                        "a",
                        Path.of("/usr/bin/env"),
                        List.of("env"),
                        Map.of(),
                        Path.of("/"),
                        new LaunchOrder.LaunchUser(uid, uid, List.of()),
                        LaunchOrder.LaunchLimits.USUAL));
    }

    private String token(String kind) throws Exception {
        try (RawClient root = agent.as(0)) {
            Reply reply = root.post("/api/tokens", "{\"kind\":\"" + kind + "\"}");
            assertThat(reply.status()).isEqualTo(200);
            Matcher token = Pattern.compile("\"token\": ?\"([^\"]+)\"").matcher(reply.body());
            assertThat(token.find()).isTrue();
            return token.group(1);
        }
    }

    private Reply get(String path, String headers) throws Exception {
        try (RawClient client = agent.tls()) {
            return get(client, path, headers);
        }
    }

    private Reply get(RawClient client, String path, String headers) throws Exception {
        return client.send(
                "GET "
                        + path
                        + " HTTP/1.1\r\nHost: localhost:"
                        + agent.https
                        + "\r\n"
                        + headers
                        + "\r\n");
    }

    private Reply post(String path, String json, String headers) throws Exception {
        try (RawClient client = agent.tls()) {
            return client.send(post(path, json, headers, agent.https));
        }
    }

    private static String post(String path, String json, String headers, int port) {
        return "POST "
                + path
                + " HTTP/1.1\r\nHost: localhost:"
                + port
                + "\r\nContent-Type: application/json\r\nContent-Length: "
                + json.length()
                + "\r\n"
                + headers
                + "\r\n"
                + json;
    }

    private static String basic(String clientId) {
        return header(
                clientId
                        + ":"
                        + new String(FakeLaunches.secretOf(clientId), StandardCharsets.UTF_8));
    }

    private static String header(String pair) {
        return "Authorization: Basic "
                + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8))
                + "\r\n";
    }

    private static String bearer(String token) {
        return "Authorization: Bearer " + token + "\r\n";
    }
}
