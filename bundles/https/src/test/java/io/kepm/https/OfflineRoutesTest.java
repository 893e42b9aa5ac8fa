package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OfflineRoutesTest {

    private static final long ALICE = 1001;
    private static final long AUDRA = 1004;
    private static final String KEY = "{\"key\":\"kepm-machine-key-1 0123456 SECRET\"}";

    private TestAgent agent;

    @BeforeEach
    void open(@TempDir Path run) throws Exception {
        agent = new TestAgent(run);
    }

    @AfterEach
    void close() {
        agent.close();
    }

    private RawClient.Reply post(long uid, String path, String json) throws Exception {
        try (RawClient client = agent.as(uid)) {
            return client.post(path, json);
        }
    }

    @Test
    void the_key_is_roots_alone_and_in_no_answer_or_record() throws Exception {
        try (RawClient client = agent.as(0)) {
            assertThat(client.get("/api/offline-key").body())
                    .isEqualTo("{\"machine\":\"0123456\",\"hasKey\":false,\"fingerprint\":\"\"}");
        }
        RawClient.Reply taken = post(0, "/api/offline-key", KEY);
        assertThat(taken.status()).isEqualTo(200);
        assertThat(taken.body()).contains("\"fingerprint\":\"ABCD\"").doesNotContain("SECRET");
        assertThat(agent.offline.calls).containsExactly("key by root");
        assertThat(agent.audit.drafts.toString()).doesNotContain("SECRET");
        assertThat(post(0, "/api/offline-key", "{\"key\":\"x\"}").status()).isEqualTo(409);
        assertThat(post(0, "/api/offline-key", "{}").status()).isEqualTo(422);
        assertThat(post(ALICE, "/api/offline-key", KEY).status()).isEqualTo(403);
        try (RawClient client = agent.as(ALICE)) {
            assertThat(client.get("/api/offline-key").status()).isEqualTo(403);
        }
    }

    @Test
    void ab_99_who_asked_gets_the_challenge_and_gives_the_answer_and_others_learn_nothing()
            throws Exception {
        RawClient.Reply challenge = post(ALICE, "/api/requests/r-1/challenge", "{}");
        assertThat(challenge.body()).contains("\"challenge\":\"AAAA-BBBB\"", "\"id\":\"r-1\"");
        RawClient.Reply wrong = post(ALICE, "/api/requests/r-1/answer", "{\"code\":\"x\"}");
        assertThat(wrong.status()).isEqualTo(409);
        assertThat(wrong.body()).contains("4 tries are left");
        assertThat(post(ALICE, "/api/requests/r-1/answer", "{}").status()).isEqualTo(422);
        assertThat(post(ALICE, "/api/requests/r-1/answer", "{\"code\":\"RIGHT\"}").status())
                .isEqualTo(200);
        RawClient.Reply hers = post(AUDRA, "/api/requests/r-1/challenge", "{}");
        RawClient.Reply none = post(AUDRA, "/api/requests/r-2/challenge", "{}");
        assertThat(hers.status()).isEqualTo(404);
        assertThat(hers.body().replace("r-1", "r-2")).isEqualTo(none.body());
        assertThat(post(AUDRA, "/api/requests/r-1/answer", "{\"code\":\"RIGHT\"}").status())
                .isEqualTo(404);
    }

    @Test
    void ab_99_codes_are_tried_at_a_pace() {
        assertThat(RoutesTest.ROUTES.all())
                .filteredOn(route -> route.template().matches(".*/(challenge|answer|extend)"))
                .filteredOn(route -> !route.template().equals("/api/requests/{id}/extend"))
                .hasSize(3)
                .allMatch(route -> route.pace() == Route.Pace.DECISIONS);
    }
}
