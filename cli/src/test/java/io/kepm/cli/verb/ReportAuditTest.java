package io.kepm.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditChain;
import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditType;
import io.kepm.cli.Bench;
import io.kepm.cli.json.Json;
import io.kepm.cli.json.JsonReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReportAuditTest {

    private static final String WEEK =
            "GET /api/audit?from=2026-11-18T09%3A30%3A00Z&to=2026-11-25T09%3A30%3A00Z";

    private final Bench bench = new Bench();
    private final List<String> records = new ArrayList<>();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void a_week_without_events_is_one_screen_of_zeros() {
        bench.agent().answers(WEEK + "&limit=500&order=asc", page(List.of(), "null"));
        String out = bench.onTerminal(80).run("audit report").out();
        assertThat(out)
                .startsWith(
                        "The audit from 2026-11-18 10:30:00 to 2026-11-25 10:30:00: 0 records\n")
                .contains(
                        "Broken glass: 0\n", "Denied or refused: 0\n", "Damage of the audit: 0\n");
        assertThat(out.lines().count()).isLessThan(40);
    }

    @Test
    void what_happened_is_counted_by_who_and_shown_with_the_last_events() throws IOException {
        week();
        bench.agent()
                .answers(WEEK + "&limit=500&order=asc", page(records.subList(0, 10), "10"))
                .answers(
                        WEEK + "&after=10&limit=500&order=asc",
                        page(records.subList(10, records.size()), "null"));
        Json report = JsonReader.read(utf8(bench.run("audit report", "--json").out()));
        assertThat(report.at("records").number(0)).isEqualTo(records.size());
        assertThat(report.at("denials"))
                .hasToString(
                        "{\"denied\":7,\"refused\":6,\"users\":[{\"user\":\"alice\",\"denied\":6,"
                                + "\"refused\":6,\"target\":\"/bin/rm\",\"sameTarget\":6},"
                                + "{\"user\":\"bob\",\"denied\":1,\"refused\":0,"
                                + "\"target\":\"/bin/ls\",\"sameTarget\":1}]}");
        assertThat(report.at("limits"))
                .hasToString(
                        "{\"count\":1,\"rows\":[{\"user\":\"alice\",\"type\":\"CIRCUIT_OPENED\",\"count\":1}]}");
        assertThat(report.at("adminActions"))
                .hasToString(
                        "{\"count\":2,\"rows\":[{\"admin\":\"root\",\"route\":\"POST /api/sync\","
                                + "\"count\":2,\"failed\":1}]}");
        assertThat(report.at("agent").at("gaps").number(0)).isEqualTo(1);
        assertThat(report.at("configuration").at("count").number(0)).isEqualTo(1);
        assertThat(report.at("failedAuthentication").at("count").number(0)).isEqualTo(1);
        assertThat(report.at("registrations").at("count").number(0)).isEqualTo(1);
        assertThat(report.at("exportFailures").at("count").number(0)).isEqualTo(1);
        assertThat(report.at("damage").at("count").number(0)).isEqualTo(2);
        assertThat(bench.onTerminal(80).run("audit report").out())
                .contains(
                        """
                        Denied or refused: 7
                          USER   DENIED  REFUSED  MOST OFTEN
                          alice       6        6  /bin/rm (6)
                          bob         1        0  /bin/ls (1)
                        """)
                .contains("Damage of the audit: 2\n");
    }

    @Test
    void a_page_without_records_is_not_the_end_of_the_week() throws IOException {
        for (int i = 0; i < 3; i++) {
            add(by("bob", AuditType.POLICY_EVALUATION, "DENY", "/bin/ls"));
        }
        bench.agent()
                .answers(WEEK + "&limit=500&order=asc", page(List.of(), "1"))
                .answers(WEEK + "&after=1&limit=500&order=asc", page(records.subList(1, 2), "2"))
                .answers(
                        WEEK + "&after=2&limit=500&order=asc", page(records.subList(2, 3), "null"));
        Json report = JsonReader.read(utf8(bench.run("audit report", "--json").out()));
        assertThat(report.at("records").number(0)).isEqualTo(2);
        bench.agent().answers(WEEK + "&after=1&limit=500&order=asc", page(List.of(), "1"));
        assertThat(bench.run("audit report").err()).contains("1 after record 1");
    }

    /** Under a flood most refusals are no records of their own: the report counts them all. */
    @Test
    void what_was_only_summed_up_is_counted_for_who_did_it() throws IOException {
        add(by("mallory", AuditType.POLICY_EVALUATION, "DENY", "/bin/rm"));
        add(by("mallory", AuditType.ELEVATION_REFUSED, "REFUSED", "/bin/rm"));
        add(
                AuditDraft.of(AuditType.POLICY_EVALUATION, "SUMMARY")
                        .user(AuditDraft.UserInfo.of("mallory", 1001))
                        .detail("count", "300")
                        .detail("types", "ELEVATION_REFUSED=300 POLICY_EVALUATION=300"));
        add(
                AuditDraft.of(AuditType.AUTHORIZATION_FAILED, "REFUSED")
                        .user(AuditDraft.UserInfo.of("mallory", 1001))
                        .detail("count", "5000"));
        Json report = report();
        assertThat(report.at("denials").at("users"))
                .hasToString(
                        "[{\"user\":\"mallory\",\"denied\":301,\"refused\":301,"
                                + "\"target\":\"/bin/rm\",\"sameTarget\":1}]");
        assertThat(report.at("failedAuthentication").at("count").number(0)).isEqualTo(5000);
    }

    @Test
    void ab_106_a_broken_glass_stands_first_with_its_reason() throws IOException {
        add(
                AuditDraft.of(AuditType.ADMIN_ACTION, "BREAK_GLASS")
                        .user(AuditDraft.UserInfo.of("root", 0))
                        .reason("it denies everything")
                        .detail("terminal", "/dev/tty1"));
        add(AuditDraft.of(AuditType.AUDIT_DAMAGED, "DAMAGED").reason("record 7 is missing"));
        Json report = report();
        assertThat(report.at("brokenGlass").at("count").number(0)).isEqualTo(1);
        assertThat(report.at("damage").at("count").number(0)).isEqualTo(1);
        assertThat(report.at("adminActions").at("rows").toString())
                .contains("\"admin\":\"root\",\"route\":\"BREAK_GLASS\"");
        assertThat(bench.onTerminal(80).run("audit report").out())
                .containsSubsequence(
                        "Broken glass: 1\n", "it denies everything", "Denied or refused: 0\n")
                .contains("record 7 is missing");
    }

    private Json report() throws IOException {
        bench.agent().answers(WEEK + "&limit=500&order=asc", page(records, "null"));
        return JsonReader.read(utf8(bench.run("audit report", "--json").out()));
    }

    @Test
    void a_period_is_given_or_refused() {
        bench.agent()
                .answers(
                        "GET /api/audit?from=2026-11-24T09%3A30%3A00Z&to=2026-11-24T23%3A00%3A00Z"
                                + "&limit=500&order=asc",
                        page(List.of(), "null"));
        assertThat(bench.run("audit report", "--from=24h", "--to=today").exit()).isZero();
        assertThat(bench.run("audit report", "--from=today", "--to=yesterday").err())
                .startsWith("kepm: no time lies between");
        assertThat(bench.run("audit report", "--from=noon").exit()).isEqualTo(2);
    }

    private void week() {
        for (int i = 0; i < 6; i++) {
            add(by("alice", AuditType.POLICY_EVALUATION, "DENY", "/bin/rm"));
            add(by("alice", AuditType.ELEVATION_REFUSED, "REFUSED", "/bin/rm"));
        }
        add(by("bob", AuditType.POLICY_EVALUATION, "DENY", "/bin/ls"));
        add(by("bob", AuditType.POLICY_EVALUATION, "ALLOW", "/bin/ls"));
        add(by("alice", AuditType.CIRCUIT_OPENED, "DENY", "/bin/rm"));
        for (String outcome : List.of("OK", "FAILED")) {
            add(
                    AuditDraft.of(AuditType.ADMIN_ACTION, outcome)
                            .admin(AuditDraft.UserInfo.of("root", 0))
                            .detail("method", "POST")
                            .detail("route", "/api/sync"));
        }
        for (AuditType type :
                List.of(
                        AuditType.CONFIGURATION_CHANGED,
                        AuditType.AGENT_GAP,
                        AuditType.AGENT_STARTED,
                        AuditType.PROCESS_AUTHENTICATION_FAILED,
                        AuditType.AGENT_REGISTERED,
                        AuditType.AUDIT_EXPORT_FAILED,
                        AuditType.JOB_RUN)) {
            add(AuditDraft.of(type, "OK").reason("because"));
        }
        String edited = records.get(records.size() - 1).replace("because", "nothing");
        records.set(records.size() - 1, edited);
        records.add(
                "{\"seq\":"
                        + (records.size() + 1)
                        + ",\"audit_event_type\":\"JOB_RUN\",\"unreadable\":\"changed\",\"hash\":\"\"}");
    }

    private static AuditDraft.Builder by(String user, AuditType type, String outcome, String path) {
        return AuditDraft.of(type, outcome)
                .user(AuditDraft.UserInfo.of(user, 1000))
                .target(new AuditDraft.TargetInfo(path, List.of(), "", "", "root"));
    }

    private void add(AuditDraft.Builder draft) {
        records.add(
                AuditChain.seal(
                                draft.build(),
                                records.size() + 1L,
                                "id",
                                Instant.parse("2026-11-24T10:00:00Z"),
                                "agent",
                                "1",
                                AuditChain.GENESIS)
                        .exported());
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String page(List<String> records, String next) {
        return "{\"items\":["
                + String.join(",", records)
                + "],\"next\":"
                + next
                + ",\"limit\":500}";
    }
}
