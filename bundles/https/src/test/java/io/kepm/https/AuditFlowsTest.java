package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditType;
import io.kepm.api.audit.Csv;
import io.kepm.api.storage.StorageException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The audit as a stream and as a whole, through the real doors. */
class AuditFlowsTest {

    private TestAgent agent;

    @BeforeEach
    void open(@TempDir Path run) throws Exception {
        agent = new TestAgent(run);
    }

    @AfterEach
    void close() {
        agent.close();
    }

    private void record(String reason) throws StorageException {
        agent.audit.append(
                AuditDraft.of(AuditType.ELEVATION_REFUSED, "REFUSED")
                        .sessionType("sudo")
                        .reason(reason)
                        .build());
    }

    private RawClient stream(long uid, String query, String header) throws Exception {
        RawClient client = agent.as(uid);
        client.write(
                "GET /api/audit/stream" + query + " HTTP/1.1\r\nHost: kepm\r\n" + header + "\r\n");
        return client;
    }

    @Test
    void a_record_is_on_the_stream_after_it_is_made() throws Exception {
        record("before");
        try (RawClient client = stream(0, "", "")) {
            assertThat(client.readLine()).isEqualTo("HTTP/1.1 200 OK");
            client.until("retry: 2000");
            record("one");
            client.until("\"reason\":\"one\"");
            record("line\n\ndata: forged");
            assertThat(client.until("forged")).contains("line\\n\\ndata: forged");
        }
        assertThat(agent.audit.types()).contains("ADMIN_ACTION");
    }

    @Test
    void a_reader_that_comes_back_misses_nothing_and_sees_nothing_twice() throws Exception {
        for (int i = 1; i <= 5; i++) {
            record("r" + i);
        }
        try (RawClient client = stream(0, "?after=1", "Last-Event-ID: 3\r\n")) {
            String seen = client.until("\"reason\":\"r5\"");
            assertThat(seen).contains("id: 4", "\"reason\":\"r4\"").doesNotContain("\"r3\"");
        }
        try (RawClient client = stream(0, "?after=2", "")) {
            assertThat(client.until("\"reason\":\"r5\"")).contains("id: 3", "\"reason\":\"r3\"");
        }
    }

    @Test
    void a_place_beyond_the_end_is_told() throws Exception {
        record("only");
        try (RawClient client = stream(0, "?after=900", "")) {
            client.until("event: older");
            record("next");
            client.until("\"reason\":\"next\"");
        }
    }

    @Test
    void records_that_were_removed_meanwhile_are_told_as_a_gap() throws Exception {
        for (int i = 1; i <= 5; i++) {
            record("r" + i);
        }
        agent.audit.entries.removeIf(entry -> entry.seq() <= 3);
        try (RawClient client = stream(0, "?after=1", "")) {
            assertThat(client.until("\"reason\":\"r4\""))
                    .contains("event: gap", "data: {\"from\":2,\"to\":3}", "id: 4");
        }
        try (RawClient client = stream(0, "?after=3", "")) {
            assertThat(client.until("\"reason\":\"r4\"")).doesNotContain("gap");
        }
    }

    @Test
    void a_filter_picks() throws Exception {
        try (RawClient client = stream(0, "?filter=reason%20=%20%22wanted%22&after=0", "")) {
            client.until("retry");
            record("other");
            record("wanted");
            assertThat(client.until("\"reason\":\"wanted\"")).doesNotContain("other");
        }
    }

    @Test
    void what_can_not_be_asked_is_refused_before_anything_is_streamed() throws Exception {
        try (RawClient client = agent.as(0)) {
            assertThat(client.get("/api/audit/stream?filter=((").status()).isEqualTo(422);
            assertThat(client.get("/api/audit/stream?limit=3").status()).isEqualTo(422);
            assertThat(client.get("/api/audit/export?format=xml").status()).isEqualTo(422);
        }
        try (RawClient client = stream(0, "", "Last-Event-ID: x\r\n")) {
            assertThat(client.read(false).status()).isEqualTo(422);
        }
        try (RawClient user = agent.as(1001)) {
            assertThat(user.get("/api/audit/stream").status()).isEqualTo(403);
            assertThat(user.get("/api/audit/export").status()).isEqualTo(403);
        }
    }

    @Test
    void ab_47_streams_are_bounded_and_their_places_come_back() throws Exception {
        List<RawClient> open = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            RawClient client = stream(0, "", "");
            client.until("retry");
            open.add(client);
        }
        try (RawClient client = agent.as(0)) {
            RawClient.Reply reply = client.get("/api/audit/stream");
            assertThat(reply.status()).isEqualTo(503);
            assertThat(reply.header("retry-after")).isNotEmpty();
        }
        // Requests go on: a stream holds no place of a request in flight.
        try (RawClient client = agent.as(0)) {
            assertThat(client.get("/api/audit").status()).isEqualTo(200);
        }
        for (RawClient client : open) {
            client.close();
        }
        TestAgent.await(
                () -> {
                    try (RawClient client = stream(0, "", "")) {
                        record("wake");
                        return client.readLine().contains("200");
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                });
    }

    @Test
    void ab_47_a_reader_that_never_reads_holds_nothing_up() throws Exception {
        String large = "x".repeat(20_000);
        for (int i = 0; i < 400; i++) {
            record(large);
        }
        try (RawClient stuck = stream(0, "?after=0", "")) {
            record("late");
            try (RawClient other = stream(0, "?after=399", "")) {
                other.until("\"reason\":\"late\"");
            }
            try (RawClient client = agent.as(0)) {
                assertThat(client.get("/api/audit?limit=1").status()).isEqualTo(200);
            }
            stuck.until("\"seq\":1}".replace("}", ""));
        }
    }

    @Test
    void without_its_record_no_stream_begins() throws Exception {
        agent.audit.broken = true;
        for (int i = 0; i < 20; i++) {
            try (RawClient client = agent.as(0)) {
                assertThat(client.get("/api/audit/stream").body()).contains("put on record");
            }
        }
        agent.audit.broken = false;
        try (RawClient client = stream(0, "", "")) {
            client.until("retry");
        }
    }

    @Test
    void an_export_has_the_lines_of_the_records_in_each_form() throws Exception {
        for (int i = 1; i <= 450; i++) {
            record("r" + i);
        }
        String json = export("");
        assertThat(json.lines()).hasSize(450).allMatch(line -> line.endsWith("\"}"));
        assertThat(json.lines().toList().get(449))
                .isEqualTo(agent.audit.entries.get(449).exported());
        assertThat(export("?format=csv&after=440").lines().findFirst()).contains(Csv.header());
        assertThat(export("?format=cef&after=440"))
                .startsWith("CEF:0|")
                .contains("r450")
                .contains("r441")
                .doesNotContain("r440");
        assertThat(export("?filter=reason%20=%20r7").lines()).hasSize(1);
    }

    @Test
    void an_export_goes_on_where_a_search_was_broken_off() throws Exception {
        for (int i = 1; i <= 450; i++) {
            record("r" + i);
        }
        agent.audit.nothingBefore = 100;
        assertThat(export("?type=ELEVATION_REFUSED").lines())
                .hasSize(350)
                .first()
                .asString()
                .contains("\"r101\"");
    }

    @Test
    void an_export_that_breaks_off_is_no_whole_one() throws Exception {
        for (int i = 1; i <= 450; i++) {
            record("r" + i);
        }
        try (RawClient client = agent.as(0)) {
            client.write("HEAD /api/audit/export HTTP/1.1\r\nHost: kepm\r\n\r\n");
            assertThat(client.read(true).header("content-type")).isEqualTo("application/x-ndjson");
        }
        agent.audit.unreadableAfter = 200;
        try (RawClient client = agent.as(0)) {
            client.write(
                    "GET /api/audit/export HTTP/1.1\r\nHost: kepm\r\nConnection: close\r\n\r\n");
            String all = client.rest();
            assertThat(all).contains("Transfer-Encoding: chunked", "\"r100\"");
            assertThat(all).doesNotEndWith("0\r\n\r\n");
        }
    }

    private String export(String query) throws Exception {
        try (RawClient client = agent.as(0)) {
            client.write(
                    "GET /api/audit/export"
                            + query
                            + " HTTP/1.1\r\nHost: kepm\r\nConnection: close\r\n\r\n");
            return RawClient.unchunked(client.rest());
        }
    }
}
