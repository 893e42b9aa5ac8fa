package io.kepm.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.cli.Bench;
import io.kepm.cli.Bench.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TailAuditTest {

    private static final String HEAD = "GET /api/audit?limit=1&order=desc";
    private static final String DONE = "{\"title\":\"Not allowed\",\"status\":403}";

    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void the_last_records_are_shown_oldest_first() {
        bench.agent()
                .answers(HEAD, page(record(43, "JOB_RUN", "OK", "")))
                .answers(
                        "GET /api/audit?limit=2&order=desc",
                        page(
                                record(43, "JOB_RUN", "OK", ""),
                                record(42, "ELEVATION_REFUSED", "REFUSED", "alice")));
        assertThat(bench.run("audit tail", "-n", "2"))
                .isEqualTo(
                        new Outcome(
                                0,
                                """
                                42    10:15:03  ELEVATION_REFUSED  REFUSED  alice  because
                                43    10:15:03  JOB_RUN            OK              because
                                """,
                                ""));
        assertThat(bench.run("audit tail", "-n", "2", "--json").out())
                .isEqualTo(
                        record(42, "ELEVATION_REFUSED", "REFUSED", "alice")
                                + "\n"
                                + record(43, "JOB_RUN", "OK", "")
                                + "\n");
    }

    @Test
    void a_page_without_records_is_not_the_end() {
        String asked = "GET /api/audit?type=AGENT_GAP&";
        bench.agent()
                .answers(HEAD, page(record(43, "JOB_RUN", "OK", "")))
                .answers(asked + "limit=2&order=desc", "{\"items\":[],\"next\":40,\"limit\":2}")
                .answers(
                        asked + "after=40&limit=2&order=desc",
                        page(record(7, "AGENT_GAP", "GAP", "")));
        assertThat(bench.run("audit tail", "-n", "2", "--type=AGENT_GAP").out())
                .startsWith("7     10:15:03  AGENT_GAP")
                .hasLineCount(1);
    }

    @Test
    void new_records_come_by_the_stream_and_our_own_looks_are_not_shown() {
        String look =
                "{\"seq\":45,\"audit_event_type\":\"ADMIN_ACTION\",\"outcome\":\"OK\","
                        + "\"event_time\":\"2026-11-25T09:15:04Z\",\"admin_info\":{\"name\":\"root\","
                        + "\"uid\":0,\"pid\":"
                        + ProcessHandle.current().pid()
                        + "},\"details\":{\"route\":\"/api/audit/stream\"}}";
        bench.agent()
                .answers(HEAD, page(record(44, "JOB_RUN", "OK", "")))
                .answers("GET /api/audit?filter=outcome%20%21%3D%20X&limit=1&order=desc", page())
                .raw(
                        "GET /api/audit/stream?filter=outcome%20%21%3D%20X&after=44",
                        stream(
                                message(look),
                                ": \n\n",
                                message(
                                        look.replace("\"seq\":45", "\"seq\":46")
                                                .replace("\"pid\":", "\"pid\":9")),
                                "event: gap\ndata: {\"from\":47,\"to\":47}\n\n",
                                message(record(48, "GRANT_USED", "OK", "bob")),
                                message(record(48, "GRANT_USED", "OK", "twice"))))
                .answers("GET /api/audit/stream?filter=outcome%20%21%3D%20X&after=48", 403, DONE);
        Outcome outcome = bench.run("audit tail", "-f", "-n", "1", "--filter", "outcome != X");
        assertThat(outcome.out().lines())
                .containsExactly(
                        "46    10:15:04  ADMIN_ACTION       OK       root   route=/api/audit/stream",
                        "48    10:15:03  GRANT_USED         OK       bob    because");
        assertThat(outcome.err()).contains("records 47 to 47 are gone");
        assertThat(outcome.exit()).isEqualTo(126);
    }

    @Test
    void an_agent_that_restarts_is_waited_for() {
        String stream = "GET /api/audit/stream?type=AGENT_STARTED&after=4";
        bench.agent()
                .once(HEAD, 200, page(record(44, "JOB_RUN", "OK", "")))
                .answers("GET /api/audit?type=AGENT_STARTED&limit=10&order=desc", page())
                .hangsUpOnce(stream + "4")
                .once(stream + "4", 503, "{\"status\":503}")
                .raw(stream + "4", stream(message(record(45, "AGENT_STARTED", "OK", ""))))
                .answers(stream + "5", 403, DONE);
        Outcome outcome = bench.run("audit tail", "-f", "--type", "AGENT_STARTED");
        assertThat(outcome.exit()).isEqualTo(126);
        assertThat(outcome.err().lines())
                .startsWith(
                        "kepm: the agent does not answer; waiting for it",
                        "kepm: the agent answers again, the audit goes on");
        assertThat(outcome.out()).contains("45    10:15:03  AGENT_STARTED");
    }

    @Test
    void an_older_audit_in_its_place_is_told() {
        bench.agent()
                .once(HEAD, 200, page(record(44, "JOB_RUN", "OK", "")))
                .answers("GET /api/audit?limit=10&order=desc", page())
                .raw(
                        "GET /api/audit/stream?after=44",
                        stream("event: older\nid: 7\ndata: {\"head\":7}\n\n"))
                .answers("GET /api/audit/stream?after=7", 403, DONE);
        assertThat(bench.run("audit tail", "-f").err())
                .contains("its audit ends with record 7 and not with 44 or later");
    }

    private static String message(String record) {
        return "id: 1\ndata: " + record + "\n\n";
    }

    /** Each event in two chunks, so that none has to be one. */
    private static String stream(String... events) {
        StringBuilder answer =
                new StringBuilder(
                        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                                + "Transfer-Encoding: chunked\r\n\r\n");
        for (String event : events) {
            int half = event.length() / 2;
            for (String part : new String[] {event.substring(0, half), event.substring(half)}) {
                answer.append(Integer.toHexString(part.length()))
                        .append("\r\n")
                        .append(part)
                        .append("\r\n");
            }
        }
        return answer.append("0\r\n\r\n").toString();
    }

    private static String page(String... records) {
        return "{\"items\":[" + String.join(",", records) + "],\"next\":null,\"limit\":1}";
    }

    private static String record(int seq, String type, String outcome, String user) {
        return "{\"seq\":"
                + seq
                + ",\"audit_event_type\":\""
                + type
                + "\",\"event_time\":\"2026-11-25T09:15:03.120Z\",\"outcome\":\""
                + outcome
                + "\",\"reason\":\"because\",\"user_info\":{\"name\":\""
                + user
                + "\"}}";
    }
}
