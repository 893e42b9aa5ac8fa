package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditType;
import io.kepm.api.linux.Peer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls of administrators' routes that end before they are served: each is on record. */
class UnservedCallsTest {

    private static final long ROOT = 0;
    private static final long AUDRA = 1004;
    private static final String RELOAD = "POST /api/policies/reload";
    private static final String JSON = "Content-Type: application/json\r\n";
    private static final String JAR = "Content-Type: application/java-archive\r\n";

    @TempDir private Path run;

    @Test
    void what_is_sent_wrongly_is_on_record_once() throws Exception {
        try (TestAgent agent = new TestAgent(run)) {
            recorded(agent, 415, "/api/policies/reload", request(RELOAD, "", 2, "{}"));
            recorded(agent, 413, "/api/policies/reload", request(RELOAD, JSON, 2_000_000, ""));
            recorded(agent, 400, "/api/policies/reload", request(RELOAD, JSON, 1, "{"));
            recorded(agent, 413, "/api/policies/reload", chunks());
            recorded(
                    agent,
                    400,
                    "/api/audit",
                    "GET /api/audit?a=1&a=2 HTTP/1.1\r\nHost: kepm\r\n\r\n");
            recorded(agent, 413, "/api/plugins", request("POST /api/plugins", JAR, 1L << 30, ""));
            recorded(agent, 400, "/api/plugins", request("POST /api/plugins?a=1&a=2", JAR, 1, "x"));
        }
    }

    @Test
    void what_there_was_no_room_for_is_on_record_once() throws Exception {
        Shares.Bounds none = new Shares.Bounds(0, 0, 0, 0);
        try (TestAgent agent = new TestAgent(run, TestAgent.places(none))) {
            recorded(agent, 503, "/api/policies/reload", request(RELOAD, JSON, 2, "{}"));
            recorded(agent, 503, "/api/plugins", request("POST /api/plugins", JAR, 1, "x"));
            recorded(agent, 503, "/api/audit", "GET /api/audit HTTP/1.1\r\nHost: kepm\r\n\r\n");
        }
        try (TestAgent agent = new TestAgent(run, TestAgent.bodies(none))) {
            recorded(agent, 503, "/api/policies/reload", request(RELOAD, JSON, 2, "{}"));
        }
    }

    @Test
    void a_call_of_everybody_that_is_sent_wrongly_is_no_record() throws Exception {
        try (TestAgent agent = new TestAgent(run)) {
            int before = agent.audit.drafts.size();
            try (RawClient client = agent.as(ROOT)) {
                String request = request("POST /api/evaluate", "", 2, "{}");
                assertThat(client.send(request).status()).isEqualTo(415);
            }
            assertThat(agent.audit.drafts).hasSize(before);
        }
    }

    /** Not every caller of such a route may do anything: an auditor could turn the audit over. */
    @Test
    void ab_140_a_flood_of_unreadable_calls_is_twenty_records_and_a_count() {
        Fakes.Audit audit = new Fakes.Audit();
        Instant[] now = {Instant.parse("2026-11-25T10:00:00Z")};
        Refusals refusals = new Refusals(audit, new People(new Fakes.Names()), () -> now[0]);
        Refusals.Attempt attempt =
                new Refusals.Attempt(
                        Caller.of(new Peer(1, AUDRA, AUDRA)),
                        Door.UNIX,
                        "GET",
                        "/api/audit",
                        AUDRA);
        for (int i = 0; i < 500; i++) {
            refusals.record(attempt.ofAdministrator(), Answer.problem(400, "write it once"));
        }
        refusals.record(attempt, Answer.problem(403, "not for you"));
        assertThat(audit.drafts).as("a refusal keeps a count of its own").hasSize(21);
        assertThat(audit.last().type()).isEqualTo(AuditType.AUTHORIZATION_FAILED);
        now[0] = now[0].plus(Duration.ofMinutes(1));
        refusals.sweep();
        assertThat(audit.drafts).hasSize(22);
        assertThat(audit.last().type()).isEqualTo(AuditType.ADMIN_ACTION);
        assertThat(audit.last().admin().orElseThrow().uid()).isEqualTo(AUDRA);
        assertThat(audit.last().details()).containsEntry("count", "480");
    }

    private static void recorded(TestAgent agent, int status, String route, String request)
            throws Exception {
        int before = agent.audit.drafts.size();
        try (RawClient client = agent.as(ROOT)) {
            assertThat(client.send(request).status()).as(request).isEqualTo(status);
        }
        List<AuditDraft> drafts = agent.audit.drafts.subList(before, agent.audit.drafts.size());
        assertThat(drafts).as(request).hasSize(1);
        AuditDraft draft = drafts.get(0);
        assertThat(draft.type()).isEqualTo(AuditType.ADMIN_ACTION);
        assertThat(draft.outcome()).isEqualTo("FAILED");
        assertThat(draft.admin().orElseThrow().name()).isEqualTo("root");
        assertThat(draft.reason()).isNotEmpty();
        assertThat(draft.details())
                .containsEntry("route", route)
                .containsEntry("status", Integer.toString(status))
                .containsEntry("door", "agent.sock");
    }

    private static String request(String line, String type, long length, String body) {
        return line
                + " HTTP/1.1\r\nHost: kepm\r\n"
                + type
                + "Content-Length: "
                + length
                + "\r\n\r\n"
                + body;
    }

    /** Its length shows on its way only. */
    private static String chunks() {
        return RELOAD
                + " HTTP/1.1\r\nHost: kepm\r\n"
                + JSON
                + "Transfer-Encoding: chunked\r\n\r\n180000\r\n"
                + "x".repeat(0x180000)
                + "\r\n0\r\n\r\n";
    }
}
