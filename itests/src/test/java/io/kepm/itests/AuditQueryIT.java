package io.kepm.itests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Asking the audit of the assembled agent: by filter, by status, following it, and its report. */
class AuditQueryIT {

    private static Trial trial;

    @BeforeAll
    static void up() {
        trial = Trial.up();
        trial.as("alice", "true");
        trial.as("bob", "true");
        trial.policy("p.json", Policies.allow("p1", "alice", "/usr/bin/true", ""));
        assertThat(trial.as("alice", "sudo", "-n", "true").code()).isZero();
        for (int i = 0; i < 3; i++) {
            assertThat(trial.as("alice", "sudo", "-n", "id").code()).isEqualTo(1);
        }
        assertThat(trial.as("bob", "sudo", "-n", "id").code()).isEqualTo(1);
    }

    @AfterAll
    static void down() {
        trial.close();
    }

    @Test
    void a_filter_finds_what_indexes_can_tell_and_what_they_cannot() {
        List<JsonNode> denied =
                trial.audit(
                        "--filter",
                        "user_info.name = alice AND audit_event_type = POLICY_EVALUATION"
                                + " AND policy_evaluation_status = 2 AND event_time >= last_7_days");
        assertThat(denied).hasSize(3);
        assertThat(denied)
                .allMatch(r -> r.path("target_info").path("path").asText().endsWith("/id"));
        assertThat(trial.audit("--filter", "target_info.argv = id AND outcome = REFUSED"))
                .hasSize(4);
        assertThat(trial.audit("--status", "2", "--user", "bob")).hasSize(1);
        assertThat(trial.audit("--status", "refused", "--type", "ELEVATION_REFUSED")).hasSize(4);
        assertThat(trial.audit("--filter", "event_time < last_year")).isEmpty();
    }

    @Test
    void a_filter_that_is_none_is_refused_with_its_column_at_both_doors() {
        Trial.Result cli = trial.exec("kepm", "audit", "list", "--filter", "usr = alice");
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.err()).contains("column 1: no record has a field `usr`");
        Trial.Result api = curl("filter=outcome%20%3D%20OK%20OR%20seq%20%3D%201");
        assertThat(trial.json(api.out()).path("status").asInt()).isEqualTo(422);
        assertThat(api.out()).contains("column 14");
        JsonNode found = trial.json(curl("filter=outcome%20%3D%20REFUSED&limit=1").out());
        assertThat(found.path("items")).hasSize(1);
        assertThat(found.path("scanned").asLong()).isPositive();
        assertThat(found.path("next").isIntegralNumber()).isTrue();
    }

    @Test
    void the_tail_follows_over_a_restart_and_ends_with_its_reader() {
        trial.sh(
                "kepm audit tail -f -n 1 --type ELEVATION_REFUSED,AGENT_STARTED"
                        + " > /root/tail.out 2> /root/tail.err & echo $! > /root/tail.pid");
        trial.waitFor("the last refusal", () -> trial.read("/root/tail.out").contains("REFUSED"));
        trial.as("bob", "sudo", "-n", "uname");
        trial.waitFor("the next one", () -> trial.read("/root/tail.out").contains("uname"));
        trial.restart();
        trial.waitFor("the start", () -> trial.read("/root/tail.out").contains("AGENT_STARTED"));
        assertThat(trial.read("/root/tail.err"))
                .contains("does not answer; waiting", "answers again");
        assertThat(trial.read("/root/tail.out")).doesNotContain("ADMIN_ACTION");
        trial.sh("kill $(cat /root/tail.pid)");
    }

    @Test
    void the_tail_ends_with_its_reader_and_by_the_key_for_that() {
        Trial.Result piped =
                trial.sh(
                        "(while sleep 4; do kepm policy reload; done) >/dev/null 2>&1 &"
                                + " timeout 240 kepm audit tail -f -n 5 2>/root/pipe.err"
                                + " | head -n 1; code=${PIPESTATUS[0]}; kill $!; echo $code");
        assertThat(piped.out().lines()).hasSize(2);
        assertThat(piped.out()).doesNotEndWith("124\n");
        assertThat(trial.read("/root/pipe.err")).isEmpty();
        // Interrupted once it has said something; in the background a shell has that ignored.
        Trial.Result interrupted =
                trial.sh(
                        "env --default-signal=INT kepm audit tail -f >/root/int.out"
                                + " 2>/root/int.err & tail=$!;"
                                + " for i in $(seq 600); do grep -q ADMIN_ACTION /root/int.out"
                                + " && break; sleep 0.1; done; kill -INT $tail; wait $tail; echo $?");
        assertThat(interrupted.out()).endsWith("130\n");
        assertThat(trial.read("/root/int.out")).contains("ADMIN_ACTION");
        assertThat(trial.read("/root/int.err")).isEmpty();
    }

    @Test
    void the_report_counts_what_happened() {
        Trial.Result result = trial.exec("kepm", "audit", "report", "--json");
        assertThat(result.code()).as(result.both()).isZero();
        JsonNode report = trial.json(result.out());
        JsonNode first = report.path("denials").path("users").path(0);
        assertThat(first.path("user").asText()).isEqualTo("alice");
        assertThat(first.path("denied").asInt()).isEqualTo(3);
        assertThat(report.path("adminActions").path("count").asInt()).isPositive();
        assertThat(report.path("configuration").path("count").asInt()).isPositive();
        assertThat(report.path("agent").path("starts").asInt()).isPositive();
        assertThat(report.path("damage").path("count").asInt()).isZero();
        Trial.Result page = trial.exec("kepm", "audit", "report");
        assertThat(page.out()).contains("Denied or refused:", "alice", "Damage of the audit: 0");
    }

    private static Trial.Result curl(String query) {
        return trial.exec(
                "curl",
                "-s",
                "--unix-socket",
                "/run/keeper/agent.sock",
                "http://kepm/api/audit?" + query);
    }
}
