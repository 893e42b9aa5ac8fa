package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditType;
import io.kepm.api.policy.EvaluationRequest;
import io.kepm.api.policy.PolicyRef;
import io.kepm.api.policy.Reason;
import io.kepm.https.RawClient.Reply;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A request to evaluate, over the Unix socket: who asks, for whom, and how often. */
class EvaluateTest {

    private static final long ROOT = 0;
    private static final long ALICE = 1001;
    private static final long MONA = 1003;
    private static final long NOBODY_KNOWN = 4242;
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
    void a_decision_is_recorded_and_answered_with_all_reasons_to_an_administrator()
            throws Exception {
        Reply reply =
                post(
                        ROOT,
                        "/api/evaluate",
                        ask(
                                ",\"requestId\":\"r-1\",\"user\":{\"name\":\"alice\",\"uid\":1001,"
                                        + "\"groups\":[\"staff\"]},\"at\":\"2026-11-23T10:15:00+01:00\""));
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body())
                .isEqualTo(
                        "{\"requestId\":\"r-1\",\"decision\":\"DENY\",\"controls\":[],\"reasons\":["
                                + "{\"code\":\"policy\",\"text\":\"policy `Restart` (P1, version 3) allows it\","
                                + "\"policyId\":\"P1\",\"policyVersion\":3,\"filters\":["
                                + "{\"filter\":\"UserCheck\",\"matched\":true,\"detail\":\"alice\"}]}],"
                                + "\"revision\":\"3-1a2b3c4d\",\"wouldHave\":["
                                + "{\"policyId\":\"P9\",\"outcome\":\"DENY\"}]}");
        AuditDraft draft = agent.audit.last();
        assertThat(draft.type()).isEqualTo(AuditType.POLICY_EVALUATION);
        assertThat(draft.ids()).containsEntry("request_uid", "r-1");
        assertThat(draft.admin().orElseThrow().name()).isEqualTo("root");
        assertThat(draft.details()).containsEntry("door", "api");
        assertThat(agent.engine.instants.get(0).getHour()).isEqualTo(10);
    }

    @Test
    void what_a_request_leaves_out_has_the_defaults_of_a_case_file() throws Exception {
        post(ROOT, "/api/evaluate", ask(",\"user\":{\"name\":\"alice\"}"));
        EvaluationRequest asked = agent.engine.asked.get(0);
        assertThat(asked.user())
                .isEqualTo(
                        new EvaluationRequest.User(
                                "alice",
                                1000,
                                List.of(),
                                Optional.of("/home/alice"),
                                Optional.empty()));
        assertThat(asked.target())
                .isEqualTo(
                        new EvaluationRequest.Target(
                                "/usr/bin/id",
                                "/usr/bin/id",
                                List.of("/usr/bin/id"),
                                List.of(),
                                Optional.empty(),
                                List.of(),
                                List.of(),
                                false));
        assertThat(asked.machine().hostname()).isEqualTo("ws-17.example.org");
        assertThat(asked.runAs()).isEqualTo("root");
        assertThat(asked.cwd()).isEqualTo("/");
        assertThat(asked.access()).isEqualTo(EvaluationRequest.Access.READ);
    }

    @Test
    void arguments_resolve_to_themselves_unless_the_request_says_otherwise() throws Exception {
        String target = "\"target\":{\"path\":\"/bin/a\",\"argv\":[\"a\",\"x\",\"y\"]%s}";
        String body = "{\"eventType\":\"CommandLine\",\"user\":{\"name\":\"alice\"},%s}";
        post(ROOT, "/api/evaluate", body.formatted(target.formatted("")));
        post(
                ROOT,
                "/api/evaluate",
                body.formatted(target.formatted(",\"argvReal\":[\"/x\",null]")));
        assertThat(agent.engine.asked.get(0).target().argvReal())
                .containsExactly(Optional.of("x"), Optional.of("y"));
        assertThat(agent.engine.asked.get(1).target().argvReal())
                .containsExactly(Optional.of("/x"), Optional.empty());
    }

    @Test
    void a_user_is_who_the_kernel_says_whatever_the_body_says() throws Exception {
        String lie = ",\"user\":{\"name\":\"alice\",\"uid\":0,\"groups\":[\"sudo\"]}";
        Reply reply = post(ALICE, "/api/evaluate", ask(lie + ",\"requestId\":\"chosen\""));
        assertThat(reply.status()).isEqualTo(422);
        reply = post(ALICE, "/api/evaluate", ask(lie));
        assertThat(reply.status()).isEqualTo(200);
        assertThat(agent.engine.asked.get(0).user())
                .isEqualTo(
                        new EvaluationRequest.User(
                                "alice",
                                ALICE,
                                List.of("alice", "staff"),
                                Optional.of("/home/alice"),
                                Optional.empty()));
        assertThat(post(ALICE, "/api/evaluate", ask(",\"user\":{\"name\":\"bob\"}")).status())
                .isEqualTo(403);
        assertThat(post(NOBODY_KNOWN, "/api/evaluate", ask("")).status()).isEqualTo(403);
        assertThat(agent.engine.asked).hasSize(1);
    }

    @Test
    void a_user_may_choose_neither_machine_nor_time() throws Exception {
        for (String more :
                List.of(",\"at\":\"2026-11-23T10:15:00Z\"", ",\"machine\":{\"hostname\":\"x\"}")) {
            assertThat(post(ALICE, "/api/evaluate", ask(more)).status()).isEqualTo(422);
        }
    }

    @Test
    void a_user_sees_only_the_reasons_meant_for_users() throws Exception {
        agent.engine.reasons =
                List.of(
                        new Reason(
                                Reason.POLICY,
                                "policy `SECRET` denies it",
                                Optional.of(new PolicyRef("SECRET", "Secret", 1)),
                                List.of(new Reason.FilterVerdict("UserCheck", true, "bob")),
                                false));
        Reply reply = post(ALICE, "/api/evaluate", ask(""));
        assertThat(reply.body())
                .contains("\"code\":\"policy\"", "\"decision\":\"DENY\"")
                .doesNotContain("SECRET", "bob", "P9");
    }

    @Test
    void every_fault_of_a_body_is_named_by_its_pointer() throws Exception {
        Reply reply =
                post(
                        ROOT,
                        "/api/evaluate",
                        "{\"user\":{\"name\":7,\"uid\":-1},\"target\":{\"argv\":[1],\"setuid\":\"no\"},"
                                + "\"access\":\"both\",\"surprise\":1,\"a/b\":2}");
        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.body())
                .contains(
                        "\"/user/name\"",
                        "\"/user/uid\"",
                        "\"/eventType\"",
                        "\"/target/path\"",
                        "\"/target/argv/0\"",
                        "\"/target/setuid\"",
                        "\"/access\"",
                        "\"/surprise\"",
                        "\"/a~1b\"",
                        "\"instance\":\"/api/evaluate\"");
    }

    @Test
    void ab_97_a_hostile_justification_is_bounded_and_never_leaves_unescaped() throws Exception {
        String hostile = "\\u001b[31m\\u202e<b>=cmd()\\n";
        Reply reply = post(ALICE, "/api/evaluate", ask(",\"justification\":\"" + hostile + "\""));
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body()).doesNotContain("\u001b", "\u202e", "cmd()");
        String large = ",\"justification\":\"" + "x".repeat(100_000) + "\"";
        assertThat(post(ALICE, "/api/evaluate", ask(large)).status()).isEqualTo(422);
    }

    @Test
    void ab_140_a_user_evaluates_a_hundred_times_a_minute_and_the_rest_is_counted()
            throws Exception {
        agent.sources.left = 100;
        try (RawClient alice = agent.as(ALICE)) {
            for (int i = 0; i < 100; i++) {
                assertThat(alice.post("/api/evaluate", ask("")).status()).isEqualTo(200);
            }
        }
        int before = agent.audit.drafts.size();
        for (int i = 0; i < 3; i++) {
            Reply reply = post(ALICE, "/api/evaluate", ask(""));
            assertThat(reply.status()).isEqualTo(429);
            assertThat(Integer.parseInt(reply.header("retry-after"))).isBetween(1, 60);
        }
        assertThat(agent.audit.drafts).as("none one by one").hasSize(before);
        try (RawClient root = agent.as(ROOT)) {
            for (int i = 0; i < 101; i++) {
                assertThat(root.post("/api/evaluate", "{}").status()).isEqualTo(422);
            }
        }
        assertThat(agent.sources.judged).hasSize(100).containsOnly(ALICE + " failed");
        agent.sources.left = 1;
        assertThat(post(MONA, "/api/evaluate", ask("")).status()).isEqualTo(200);
    }

    @Test
    void ab_47_an_answer_names_fifty_faults_at_most() throws Exception {
        StringBuilder body = new StringBuilder("{\"m\":0");
        for (int i = 0; i < 5000; i++) {
            body.append(",\"m").append(i).append("\":0");
        }
        Reply reply = post(ROOT, "/api/evaluate", body.append('}').toString());
        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.body().split("\"pointer\"", -1)).hasSize(51);
    }

    @Test
    void a_request_that_is_none_is_a_failure_of_its_source() throws Exception {
        assertThat(post(ALICE, "/api/evaluate", "{}").status()).isEqualTo(422);
        assertThat(post(ROOT, "/api/evaluate", "{}").status()).isEqualTo(422);
        assertThat(agent.sources.judged).containsExactly(ALICE + " failed");
    }
}
