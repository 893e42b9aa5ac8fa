package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditType;
import io.kepm.api.health.HealthCheck;
import io.kepm.api.policy.SourceLimits;
import io.kepm.https.RawClient.Reply;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the routes do and for whom, over the Unix socket. */
class ApiTest {

    private static final long ROOT = 0;
    private static final long ALICE = 1001;
    private static final long MONA = 1003;
    private static final long AUDRA = 1004;
    private static final String ASK =
            "{\"eventType\":\"CommandLine\",\"target\":{\"path\":\"/usr/bin/id\"}%s}";

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

    private Reply post(long uid, String path, String json) throws Exception {
        try (RawClient client = agent.as(uid)) {
            return client.post(path, json);
        }
    }

    private static String ask(String more) {
        return ASK.formatted(more);
    }

    @Test
    void ab_34_a_route_above_the_callers_tier_is_refused_and_on_record() throws Exception {
        for (String path :
                List.of(
                        "/metrics",
                        "/api/audit",
                        "/api/policies",
                        "/api/governed",
                        "/api/health")) {
            assertThat(get(ALICE, path).status()).as(path).isEqualTo(403);
        }
        assertThat(post(ALICE, "/api/governed", "{}").status()).isEqualTo(403);
        AuditDraft draft = agent.audit.last();
        assertThat(draft.type()).isEqualTo(AuditType.AUTHORIZATION_FAILED);
        assertThat(draft.user().orElseThrow().uid()).isEqualTo(ALICE);
        assertThat(draft.user().orElseThrow().name()).isEqualTo("alice");
        assertThat(draft.details()).containsEntry("route", "/api/governed");
        assertThat(agent.governed.done).isEmpty();
    }

    @Test
    void groups_read_what_they_are_for_and_nothing_else() throws Exception {
        assertThat(get(MONA, "/api/health").status()).isEqualTo(200);
        assertThat(get(MONA, "/metrics").status()).isEqualTo(200);
        assertThat(get(MONA, "/api/audit").status()).isEqualTo(403);
        assertThat(get(AUDRA, "/api/audit").status()).isEqualTo(200);
        assertThat(get(AUDRA, "/api/audit/verify").status()).isEqualTo(200);
        assertThat(get(AUDRA, "/api/health").status()).isEqualTo(403);
        assertThat(get(AUDRA, "/metrics").status()).isEqualTo(403);
        assertThat(post(AUDRA, "/api/policies/reload", "{}").status()).isEqualTo(403);
    }

    @Test
    void an_unreachable_name_service_makes_nobody_a_member() throws Exception {
        agent.names.hangs = true;
        assertThat(get(AUDRA, "/api/audit").status()).isEqualTo(503);
        assertThat(post(ALICE, "/api/evaluate", ask("")).status()).isEqualTo(503);
        assertThat(agent.engine.asked).isEmpty();
        assertThat(get(ROOT, "/api/audit").status()).isEqualTo(200);
    }

    @Test
    void the_peer_is_asked_for_once_a_connection() throws Exception {
        int before = agent.sockets.asked;
        try (RawClient client = agent.as(ALICE)) {
            assertThat(client.get("/api/grants").status()).isEqualTo(200);
            agent.sockets.uid = ROOT;
            assertThat(client.get("/api/audit").status()).isEqualTo(403);
        }
        assertThat(agent.sockets.asked).isEqualTo(before + 1);
    }

    @Test
    void ab_31_a_connection_without_credentials_gets_no_answer() throws Exception {
        assertThat(get(-1, "/api/audit").status()).isZero();
    }

    @Test
    void ab_35_whom_the_kernel_cannot_map_is_no_user() throws Exception {
        assertThat(get(65534, "/api/grants").status()).isEqualTo(401);
        assertThat(post(65534, "/api/evaluate", ask("")).status()).isEqualTo(401);
        assertThat(get(65534, "/health").status()).isEqualTo(200);
        assertThat(agent.audit.last().user().orElseThrow().uid()).isEqualTo(65534);
    }

    @Test
    void the_store_is_roots_to_care_for() throws Exception {
        assertThat(post(AUDRA, "/api/storage/backup", "{\"file\":\"/b\"}").status()).isEqualTo(403);
        assertThat(post(ROOT, "/api/storage/backup", "{\"file\":\"/srv/b\"}").body())
                .isEqualTo("{\"file\":\"/srv/b\",\"records\":7}");
        assertThat(post(ROOT, "/api/storage/backup", "{\"file\":\"b\"}").status()).isEqualTo(422);
        assertThat(post(ROOT, "/api/storage/backup", "{\"file\":\"/there\"}").status())
                .isEqualTo(409);
        assertThat(post(ROOT, "/api/storage/rotate-key", "{}").body()).contains("master key: new");
        assertThat(agent.audit.last().details()).containsEntry("route", "/api/storage/rotate-key");
        assertThat(post(ROOT, "/api/storage/check", "{}").body()).contains("\"sound\":true");
        assertThat(agent.store.asked).containsExactly("backup /srv/b", "backup /there", "rotate");
    }

    @Test
    void what_the_broker_denied_is_for_administrators_and_auditors() throws Exception {
        assertThat(get(ROOT, "/api/mqtt/denials").status()).isEqualTo(503);
        agent.broker = new Fakes.Watch();
        assertThat(get(ALICE, "/api/mqtt/denials").status()).isEqualTo(403);
        assertThat(get(ALICE, "/api/mqtt/clients").status()).isEqualTo(403);
        assertThat(get(AUDRA, "/api/mqtt/denials").body())
                .contains("\"client\":\"plugin:x\"", "\"kind\":\"publish\"", "\"count\":3");
        assertThat(get(ROOT, "/api/mqtt/clients").body())
                .contains("\"id\":\"plugin:x\"", "\"subscriptions\":[\"a/+\"]");
        assertThat(get(ROOT, "/api/mqtt/clients?x=1").status()).isEqualTo(422);
        agent.broker = null;
    }

    @Test
    void an_anchor_that_is_none_is_refused() throws Exception {
        assertThat(get(ROOT, "/api/audit/verify?anchor=7:" + "ab".repeat(32)).status())
                .isEqualTo(200);
        for (String anchor : List.of("7", ":ab", "x:" + "ab".repeat(32), "7:AB", "-1:00")) {
            assertThat(get(ROOT, "/api/audit/verify?anchor=" + anchor).status())
                    .as(anchor)
                    .isEqualTo(422);
        }
    }

    @Test
    void one_verification_at_a_time_reads_the_whole_audit() throws Exception {
        assertThat(whileVerified(ROOT, ROOT)).isEqualTo(503);
        assertThat(whileVerified(AUDRA, AUDRA)).isEqualTo(503);
        assertThat(get(AUDRA, "/api/audit/verify").status()).isEqualTo(200);
        assertThat(get(ROOT, "/api/audit/verify").status()).isEqualTo(200);
    }

    @Test
    void an_auditor_who_verifies_in_a_loop_keeps_no_administrator_from_it() throws Exception {
        assertThat(whileVerified(AUDRA, ROOT)).isEqualTo(200);
    }

    /** What somebody is told while the audit is verified for another. */
    private int whileVerified(long first, long second) throws Exception {
        List<Integer> meanwhile = new CopyOnWriteArrayList<>();
        agent.audit.whileVerifying =
                () -> {
                    agent.audit.whileVerifying = () -> {};
                    try {
                        meanwhile.add(get(second, "/api/audit/verify").status());
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                };
        assertThat(get(first, "/api/audit/verify").status()).isEqualTo(200);
        assertThat(meanwhile).hasSize(1);
        return meanwhile.get(0);
    }

    @Test
    void an_administrators_call_is_on_record_before_its_answer() throws Exception {
        assertThat(post(ROOT, "/api/policies/reload", "{}").status()).isEqualTo(200);
        AuditDraft draft = agent.audit.last();
        assertThat(draft.type()).isEqualTo(AuditType.ADMIN_ACTION);
        assertThat(draft.outcome()).isEqualTo("OK");
        assertThat(draft.admin().orElseThrow().name()).isEqualTo("root");
        assertThat(draft.details())
                .containsEntry("route", "/api/policies/reload")
                .containsEntry("method", "POST")
                .containsEntry("status", "200");
        assertThat(post(ROOT, "/api/governed", "{\"subject\":\"bob\"}").status()).isEqualTo(422);
        assertThat(agent.audit.last().outcome()).isEqualTo("FAILED");
    }

    @Test
    void without_the_record_there_is_no_answer() throws Exception {
        agent.audit.broken = true;
        assertThat(post(ROOT, "/api/policies/reload", "{}").status()).isEqualTo(503);
        Reply reply = post(ROOT, "/api/evaluate", ask(",\"user\":{\"name\":\"alice\"}"));
        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.body()).doesNotContain("DENY", "disk");
    }

    @Test
    void audit_is_read_by_its_filters() throws Exception {
        for (int i = 0; i < 8; i++) {
            get(ALICE, "/api/policies");
        }
        Reply reply =
                get(
                        ROOT,
                        "/api/audit?type=admin_action,POLICY_LOADED&user=al%20ice&from=2026-11-25T00:00:00Z"
                                + "&after=7&limit=1&order=asc");
        assertThat(reply.status()).isEqualTo(200);
        var query = agent.audit.queries.get(0);
        assertThat(query.types()).containsExactly("ADMIN_ACTION", "POLICY_LOADED");
        assertThat(query.user()).contains("al ice");
        assertThat(query.after()).isEqualTo(7);
        assertThat(query.newestFirst()).isFalse();
        assertThat(reply.body())
                .startsWith("{\"items\":[{\"agent_uid\":")
                .contains("\"hash\":\"" + agent.audit.entries.get(7).hash() + "\"}")
                .endsWith("\"next\":8,\"limit\":1}");
        assertThat(get(ROOT, "/api/audit").body()).endsWith("\"next\":null,\"limit\":100}");
    }

    @Test
    void a_filter_that_makes_no_sense_is_refused() throws Exception {
        for (String query :
                List.of(
                        "limit=0",
                        "limit=1001",
                        "limit=" + "9".repeat(400),
                        "after=-1",
                        "order=up",
                        "type=NOPE",
                        "from=yesterday",
                        "from=%2B999999999-01-01T00:00:00Z",
                        "to=-0001-01-01T00:00:00Z",
                        "status=no!",
                        "filter=nope+%3D+1",
                        "color=red")) {
            assertThat(get(ROOT, "/api/audit?" + query).status()).as(query).isEqualTo(422);
        }
        assertThat(get(ROOT, "/api/audit?filter=outcome+%3D+OK+OR+seq+%3D+1").body())
                .contains(
                        "\"parameter\":\"filter\",\"detail\":\"column 14: AND or the end is expected");
        for (String query : List.of("user=a&user=b", "user=%ff", "user=%2", "%zz=1")) {
            assertThat(get(ROOT, "/api/audit?" + query).status()).as(query).isEqualTo(400);
        }
    }

    @Test
    void policies_are_listed_reloaded_and_explained() throws Exception {
        Reply list = get(ROOT, "/api/policies");
        assertThat(list.body())
                .contains("\"revision\":\"3-1a2b3c4d\"", "\"file\":\"p1.json\"", "\"failure\":[]");
        agent.engine.failure = List.of("p1.json: policy `P1`: Status: unknown value `on`");
        Reply refused = post(ROOT, "/api/policies/reload", "");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.body()).contains("unknown value `on`", "\"revision\":\"3-1a2b3c4d\"");
        Reply explained =
                post(
                        ROOT,
                        "/api/policies/explain",
                        "{\"user\":\"alice\",\"argv\":[\"env\",\"A=1\"],\"cwd\":\"/tmp\"}");
        assertThat(explained.status()).isEqualTo(200);
        assertThat(explained.body()).contains("\"considered\":[{");
        var asked = agent.launches.explained.get(0);
        assertThat(asked.door()).isEqualTo("api");
        assertThat(asked.path()).isEqualTo("/usr/bin/env");
        assertThat(asked.uid()).isEqualTo(ALICE);
    }

    @Test
    void an_explanation_needs_a_known_user_and_command() throws Exception {
        for (String body :
                List.of(
                        "{\"user\":\"nobody-here\",\"argv\":[\"env\"]}",
                        "{\"user\":\"alice\",\"argv\":[]}",
                        "{\"user\":\"alice\",\"argv\":[\"no-such-command\"]}",
                        "{\"user\":\"alice\",\"argv\":[\"./env\"]}",
                        "{\"user\":\"alice\",\"argv\":[\"e\\u0000nv\"]}",
                        "{\"user\":\"alice\",\"argv\":[\"env\"],\"type\":\"Nope\"}",
                        "{\"argv\":[\"env\"]}")) {
            assertThat(post(ROOT, "/api/policies/explain", body).status()).as(body).isEqualTo(422);
        }
    }

    @Test
    void users_see_their_own_grants_and_entitlements_only() throws Exception {
        assertThat(get(ALICE, "/api/grants").body()).contains("\"g1\"").doesNotContain("\"g2\"");
        assertThat(get(ROOT, "/api/grants").body()).contains("\"g1\"", "\"g2\"");
        assertThat(get(ALICE, "/api/entitlements").body())
                .startsWith(
                        "{\"user\":\"alice\",\"governed\":true,\"items\":[{\"policyId\":\"P1\"");
        assertThat(get(ALICE, "/api/entitlements?user=bob").status()).isEqualTo(403);
        assertThat(get(ROOT, "/api/entitlements?user=bob").body()).contains("\"governed\":false");
        assertThat(get(ROOT, "/api/entitlements?user=nope").status()).isEqualTo(422);
    }

    /** Whoever looked too often what may be asked for can ask for it all the same. */
    @Test
    void ab_138_reading_ones_rights_takes_nothing_from_what_may_be_decided() throws Exception {
        agent.sources.asked.clear();
        assertThat(get(ALICE, "/api/entitlements").status()).isEqualTo(200);
        assertThat(post(ALICE, "/api/evaluate", ask("")).status()).isEqualTo(200);
        assertThat(agent.sources.asked)
                .containsExactly(
                        new SourceLimits.Source("kepm list", ALICE),
                        SourceLimits.Source.user(ALICE));
        assertThat(agent.sources.judged).hasSize(1);
    }

    @Test
    void ab_138_what_asks_policy_without_a_body_costs_a_turn_as_well() throws Exception {
        agent.sources.left = 1;
        assertThat(get(ALICE, "/api/entitlements").status()).isEqualTo(200);
        Reply tooOften = get(ALICE, "/api/entitlements");
        assertThat(tooOften.status()).isEqualTo(429);
        assertThat(tooOften.header("retry-after")).isEqualTo("8");
        assertThat(get(ALICE, "/api/grants").status()).isEqualTo(200);
        assertThat(get(ROOT, "/api/entitlements").status()).isEqualTo(200);
    }

    @Test
    void a_place_in_a_list_of_rights_is_one_of_its_revision() throws Exception {
        assertThat(get(ALICE, "/api/entitlements?limit=1").body())
                .endsWith("\"next\":null,\"limit\":1}");
        for (String wrong : List.of("after=3-1a2b3c4d.0", "after=0", "limit=1001", "page=2")) {
            assertThat(get(ALICE, "/api/entitlements?" + wrong).status()).as(wrong).isEqualTo(422);
        }
    }

    /** Else a page of one list would be followed by one of another. Members: groups, policies. */
    @Test
    void a_place_in_a_list_of_rights_is_good_for_that_very_list() throws Exception {
        agent.engine.entitled = List.of("env", "id", "ls");
        String next = next(get(ALICE, "/api/entitlements?limit=1").body());
        String second = get(ALICE, "/api/entitlements?limit=1&after=" + next).body();
        assertThat(second).contains("[\"id\"]");
        assertThat(get(ROOT, "/api/entitlements?user=alice&after=" + next(second)).body())
                .contains("[\"ls\"]");
        agent.engine.entitled = List.of("id", "ls");
        Reply moved = get(ALICE, "/api/entitlements?limit=1&after=" + next);
        assertThat(moved.status()).isEqualTo(422);
        assertThat(moved.body())
                .contains(
                        "the policies, or the groups of `alice`, changed since that page: begin"
                                + " anew, without `after`");
        assertThat(get(ALICE, "/api/entitlements?after=2-00000000.1a.0").body())
                .contains("changed since that page");
    }

    private static String next(String body) {
        return body.replaceAll(".*\"next\":\"([^\"]+)\".*", "$1");
    }

    @Test
    void a_grant_is_given_back_by_its_owner_and_taken_by_an_administrator_and_nobody_else()
            throws Exception {
        Reply other = delete(ALICE, "/api/grants/g2");
        assertThat(other.status()).isEqualTo(404);
        assertThat(other.body())
                .as("as if there were none")
                .isEqualTo(delete(ALICE, "/api/grants/g3").body().replace("g3", "g2"));
        assertThat(agent.launches.ended).isEmpty();
        assertThat(delete(ALICE, "/api/grants/g1").body()).contains("\"id\":\"g1\"");
        assertThat(delete(ROOT, "/api/grants/g2").status()).isEqualTo(200);
        assertThat(agent.launches.ended).containsExactly("g1 by alice", "g2 by root");
    }

    private Reply delete(long uid, String path) throws Exception {
        try (RawClient client = agent.as(uid)) {
            return client.send(
                    "DELETE "
                            + path
                            + " HTTP/1.1\r\nHost: kepm\r\nContent-Type: application/json\r\n"
                            + "Content-Length: 2\r\n\r\n{}");
        }
    }

    @Test
    void governing_is_planned_done_and_undone() throws Exception {
        assertThat(get(ROOT, "/api/governed").body()).isEqualTo("{\"users\":[\"alice\"]}");
        Reply plan = post(ROOT, "/api/governed", "{\"subject\":\"bob\",\"action\":\"plan\"}");
        assertThat(plan.body())
                .isEqualTo(
                        "{\"subject\":\"bob\",\"users\":[\"bob\"],\"steps\":[\"add to kepm-users\"],"
                                + "\"warnings\":[],\"fault\":\"\"}");
        assertThat(agent.governed.done).isEmpty();
        post(ROOT, "/api/governed", "{\"subject\":\"bob\",\"action\":\"govern\"}");
        post(ROOT, "/api/governed", "{\"subject\":\"bob\",\"action\":\"ungovern\"}");
        assertThat(agent.governed.done)
                .containsExactly("govern bob by root", "ungovern bob by root");
    }

    @Test
    void health_is_the_worst_of_all_checks_and_unhealthy_answers_503() throws Exception {
        agent.checks.add(check("slow", HealthCheck.Health.degraded("it lags", "wait")));
        assertThat(get(ALICE, "/health").status()).isEqualTo(200);
        assertThat(get(ALICE, "/health").body()).contains("\"degraded\"").doesNotContain("lags");
        agent.checks.add(check("storage", HealthCheck.Health.unhealthy("gone", "mount it")));
        assertThat(get(ALICE, "/health").status()).isEqualTo(503);
        assertThat(get(ALICE, "/health").body())
                .matches(
                        "\\{\"status\":\"unhealthy\",\"timestamp\":\"[^\"]+\",\"version\":\"0.1.0\"}");
        assertThat(get(ROOT, "/api/health").body())
                .contains(
                        "{\"name\":\"storage\",\"state\":\"unhealthy\",\"detail\":\"gone\","
                                + "\"advice\":\"mount it\",\"since\":\"");
    }

    @Test
    void a_check_that_throws_is_unhealthy() throws Exception {
        agent.checks.add(
                new HealthCheck() {
                    @Override
                    public String name() {
                        return "broken";
                    }

                    @Override
                    public Health check() {
                        throw new IllegalStateException("inner secret");
                    }
                });
        assertThat(get(ALICE, "/health").status()).isEqualTo(503);
        assertThat(get(ROOT, "/api/health").body()).doesNotContain("inner secret");
    }

    @Test
    void head_is_get_without_a_body() throws Exception {
        try (RawClient client = agent.as(ALICE)) {
            Reply head = client.send("HEAD /health HTTP/1.1\r\nHost: kepm\r\n\r\n");
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.header("content-length")).isNotEqualTo("0");
            assertThat(client.get("/health").status()).isEqualTo(200);
        }
    }

    @Test
    void an_explanation_without_a_name_service_is_refused_and_on_record() throws Exception {
        agent.names.hangs = true;
        Reply reply =
                post(ROOT, "/api/policies/explain", "{\"user\":\"alice\",\"argv\":[\"env\"]}");
        assertThat(reply.status()).isEqualTo(503);
        assertThat(agent.audit.last().type()).isEqualTo(AuditType.ADMIN_ACTION);
        assertThat(agent.audit.last().outcome()).isEqualTo("FAILED");
    }

    @Test
    void routes_of_later_versions_say_so_after_the_tier() throws Exception {
        assertThat(post(ROOT, "/api/sync", "{}").status()).isEqualTo(501);
        assertThat(post(ROOT, "/api/sync", "{}").body()).contains("`kepm policy reload`");
        assertThat(post(ALICE, "/api/sync", "{}").status()).isEqualTo(403);
        assertThat(post(ALICE, "/api/requests/x/launch", "{}").status()).isEqualTo(501);
        assertThat(post(ALICE, "/api/requests/x/launch", "{}").body())
                .contains("run from where it was asked for");
        assertThat(get(ALICE, "/api/Jobs/x/runs/y").status()).isEqualTo(403);
    }

    private static HealthCheck check(String name, HealthCheck.Health health) {
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
