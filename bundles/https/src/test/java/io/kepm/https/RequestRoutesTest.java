package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.elevation.LaunchDecision;
import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.elevation.Requests;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RequestRoutesTest {

    private static final long ALICE = 1001;
    private static final long AUDRA = 1004;

    private TestAgent agent;

    @BeforeEach
    void open(@TempDir Path run) throws Exception {
        agent = new TestAgent(run);
    }

    @AfterEach
    void close() {
        agent.close();
    }

    private RawClient.Reply get(long uid, String path) throws Exception {
        try (RawClient client = agent.as(uid)) {
            return client.get(path);
        }
    }

    private RawClient.Reply post(long uid, String path, String json) throws Exception {
        try (RawClient client = agent.as(uid)) {
            return client.post(path, json);
        }
    }

    @Test
    void ab_101_one_sees_ones_own_requests_and_others_learn_nothing() throws Exception {
        RawClient.Reply own = get(ALICE, "/api/requests");
        assertThat(own.status()).isEqualTo(200);
        assertThat(own.body())
                .contains("\"id\":\"r-1\"")
                .contains("\"state\":\"Pending\",\"code\":0")
                .contains("\"own\":true")
                .doesNotContain("canary");
        assertThat(get(AUDRA, "/api/requests").body()).contains("\"items\":[]");
        RawClient.Reply hers = get(AUDRA, "/api/requests/r-1");
        RawClient.Reply none = get(AUDRA, "/api/requests/r-2");
        assertThat(hers.status()).isEqualTo(404);
        assertThat(hers.body().replace("r-1", "r-2")).isEqualTo(none.body());
    }

    @Test
    void a_list_is_read_in_parts() throws Exception {
        RawClient.Reply first = get(0, "/api/grants?limit=1");
        assertThat(first.body())
                .contains("\"id\":\"g1\"", "\"next\":\"g1\"", "\"limit\":1")
                .doesNotContain("\"id\":\"g2\"");
        RawClient.Reply second = get(0, "/api/grants?limit=1&after=g1");
        assertThat(second.body())
                .contains("\"id\":\"g2\"")
                .doesNotContain("\"next\":\"", "\"id\":\"g1\"");
        // Somebody else's is in no list of hers.
        assertThat(get(ALICE, "/api/grants?after=g2").status()).isEqualTo(422);
        for (String wrong : List.of("limit=0", "limit=1001", "limit=-1", "limit=x", "page=2")) {
            assertThat(get(0, "/api/policies?" + wrong).status()).as(wrong).isEqualTo(422);
            assertThat(get(ALICE, "/api/requests?" + wrong).status()).as(wrong).isEqualTo(422);
        }
    }

    @Test
    void an_act_names_who_does_it_by_the_kernel_and_passes_code_and_comment() throws Exception {
        assertThat(
                        post(
                                        ALICE,
                                        "/api/requests/r-1/approve",
                                        "{\"code\":\"123456\",\"comment\":\"fine\"}")
                                .status())
                .isEqualTo(200);
        post(ALICE, "/api/requests/r-1/deny", "{}");
        assertThat(agent.requests.acts)
                .containsExactly("APPROVE r-1 by alice 123456 fine", "DENY r-1 by alice  ");
        assertThat(post(ALICE, "/api/requests/r-1/approve", "{\"user\":\"root\"}").status())
                .isEqualTo(422);
        agent.requests.refusal = Optional.of("nobody decides what he asked for himself");
        RawClient.Reply refused = post(ALICE, "/api/requests/r-1/approve", "{}");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.body()).contains("nobody decides");
    }

    @Test
    void who_asks_ahead_is_who_the_kernel_says_and_brings_the_answers_along() throws Exception {
        String asked =
                "{\"argv\":[\"/usr/bin/id\",\"-u\"],\"cwd\":\"/srv\",\"reason\":\"a good reason\","
                        + "\"code\":\"123456\",\"confirm\":true}";
        assertThat(post(ALICE, "/api/requests", asked).body()).contains("\"needed\":false");
        LaunchRequest request = agent.launches.ahead.get(0);
        assertThat(request.user() + " " + request.uid() + " " + request.door())
                .isEqualTo("alice 1001 ahead");
        assertThat(request.path() + " " + request.argv() + " " + request.cwd())
                .isEqualTo("/usr/bin/id [/usr/bin/id, -u] /srv");
        assertThat(request.tty()).isEmpty();
        assertThat(agent.launches.answered)
                .containsExactly("justification -", "totp 123456", "totp -", "confirm yes");
        agent.launches.answered.clear();
        agent.launches.first = "password";
        post(ALICE, "/api/requests", asked);
        assertThat(agent.launches.answered).contains("password 123456", "totp -");
        agent.launches.outcome = new LaunchDecision.Ahead.Kept(FakeRequests.request());
        assertThat(post(ALICE, "/api/requests", asked).body()).contains("\"state\":\"Pending\"");
        agent.launches.outcome = new LaunchDecision.Ahead.Refused("unmatched", "no policy");
        RawClient.Reply refused = post(ALICE, "/api/requests", asked);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.body()).contains("\"code\":\"unmatched\"", "no policy");
    }

    @Test
    void more_time_is_asked_for_ones_own_command_with_the_answers_along() throws Exception {
        String body = "{\"reason\":\"not done yet\",\"code\":\"123456\"}";
        assertThat(post(ALICE, "/api/grants/g1/extend", body).status()).isEqualTo(404);
        assertThat(agent.launches.extended).containsExactly("g1 1001 not done yet 123456");
        agent.launches.more = new LaunchDecision.Extended.Done(agent.launches.grants().get(0));
        RawClient.Reply done = post(ALICE, "/api/grants/g1/extend", "{}");
        assertThat(done.body()).contains("\"id\":\"g1\"", "\"to\":");
        agent.launches.more = new LaunchDecision.Extended.Waits(FakeRequests.request());
        assertThat(post(ALICE, "/api/grants/g1/extend", "{}").body())
                .contains("\"state\":\"Pending\"");
        agent.launches.more = new LaunchDecision.Extended.Refused("not-longer", "it is over");
        RawClient.Reply refused = post(ALICE, "/api/grants/g1/extend", "{}");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.body()).contains("\"code\":\"not-longer\"", "it is over");
        assertThat(post(ALICE, "/api/grants/g1/extend", "{\"minutes\":9}").status()).isEqualTo(422);
    }

    @Test
    void one_request_says_what_its_reader_proves_with_to_decide_it() throws Exception {
        assertThat(get(ALICE, "/api/requests/r-1").body()).contains("\"proof\":\"totp\"");
        assertThat(get(0, "/api/requests/r-1").body()).contains("\"proof\":\"none\"");
    }

    @Test
    void what_is_not_a_command_is_not_asked_for() throws Exception {
        assertThat(post(ALICE, "/api/requests", "{}").body()).contains("/argv");
        assertThat(post(ALICE, "/api/requests", "{\"argv\":[\"no-such-command\"]}").body())
                .contains("/argv/0");
        assertThat(
                        post(
                                        ALICE,
                                        "/api/requests",
                                        "{\"argv\":[\"/bin/id\"],\"cwd\":\"x\",\"user\":\"bob\"}")
                                .body())
                .contains("/cwd", "/user");
        assertThat(agent.launches.ahead).isEmpty();
    }

    @Test
    void ab_101_requests_are_told_as_they_change_to_who_may_see_them() throws Exception {
        try (RawClient client = agent.as(ALICE)) {
            client.write("GET /api/requests/stream HTTP/1.1\r\nHost: kepm\r\n\r\n");
            assertThat(client.until("\"state\":\"Pending\"")).contains("text/event-stream");
        }
        try (RawClient client = agent.as(AUDRA)) {
            client.write("GET /api/requests/stream HTTP/1.1\r\nHost: kepm\r\n\r\n");
            assertThat(client.until("retry: 2000")).doesNotContain("r-1");
        }
        assertThat(get(ALICE, "/api/requests/stream?x=1").status()).isEqualTo(422);
    }

    /**
     * Members: somebody whose number is another's by then, a login that nobody made, one that can't
     * be told.
     */
    @Test
    void ab_30_who_had_logged_in_is_asked_when_somebody_connects_and_never_again()
            throws Exception {
        for (OptionalLong login :
                List.of(OptionalLong.of(AUDRA), OptionalLong.empty(), Caller.NOT_KNOWN)) {
            agent.sockets.login = login;
            try (RawClient client = agent.as(ALICE)) {
                assertThat(client.get("/api/requests").status()).isEqualTo(200);
                agent.sockets.login = OptionalLong.of(ALICE);
                assertThat(client.post("/api/requests/r-1/approve", "{}").status()).isEqualTo(200);
            }
            assertThat(lastPerson().loginUid()).isEqualTo(login);
        }
        agent.sockets.gone = true;
        assertThat(post(ALICE, "/api/requests/r-1/approve", "{}").status()).isEqualTo(200);
        assertThat(lastPerson().loginUid()).as("gone").isEqualTo(Caller.NOT_KNOWN);
    }

    private Requests.Person lastPerson() {
        return agent.requests.people.get(agent.requests.people.size() - 1);
    }

    @Test
    void a_policy_is_checked_and_shown_without_any_effect() throws Exception {
        RawClient.Reply bad = post(0, "/api/policies/validate", "{\"PolicyId\":\"x\"}");
        assertThat(bad.body()).contains("\"valid\":false", "faults");
        assertThat(get(0, "/api/policies/nobody").status()).isEqualTo(404);
        assertThat(get(ALICE, "/api/policies/nobody").status()).isEqualTo(403);
    }

    @Test
    void a_factor_is_enrolled_for_oneself_and_admitted_by_an_administrator() throws Exception {
        assertThat(post(ALICE, "/api/mfa/enroll", "{}").status()).isEqualTo(409);
        assertThat(post(ALICE, "/api/mfa/enroll", "{\"code\":\"A\"}").body())
                .contains("otpauth://totp/x");
        assertThat(post(ALICE, "/api/mfa/confirm", "{\"code\":\"1\"}").body())
                .contains("recoveryCodes");
        assertThat(get(ALICE, "/api/mfa").body()).contains("\"enrolled\":true");
        assertThat(post(0, "/api/mfa/nobody-here/admit", "{}").status()).isEqualTo(404);
        assertThat(post(ALICE, "/api/mfa/alice/admit", "{}").status()).isEqualTo(403);
        assertThat(post(0, "/api/mfa/alice/admit", "{}").body()).contains("ABCD-EFGH");
        assertThat(agent.factors.calls).isEqualTo(List.of("admit alice by root"));
        RawClient.Reply wrong = post(ALICE, "/api/mfa/enroll", "{\"password\":\"canary\"}");
        assertThat(wrong.status()).isEqualTo(409);
        assertThat(agent.factors.calls).last().isEqualTo("password of alice");
        assertThat(post(ALICE, "/api/mfa/enroll", "{\"password\":\"x\",\"code\":\"y\"}").status())
                .isEqualTo(422);
        assertThat(agent.audit.last().reason()).contains("lets alice enrol");
    }
}
