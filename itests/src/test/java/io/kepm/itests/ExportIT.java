package io.kepm.itests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Every record leaves for each address that is set, and nothing waits for one that is away. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ExportIT {

    /** Takes what comes on a port and appends it to a file. */
    private static final String RECEIVER =
            """
            import socket, sys
            door = socket.create_server(("127.0.0.1", int(sys.argv[1])))
            while True:
                peer, _ = door.accept()
                with open(sys.argv[2], "ab", buffering=0) as out:
                    while data := peer.recv(65536):
                        out.write(data)
            """;

    private static final String COLLECTOR =
            """
            import http.server, sys
            class Collector(http.server.BaseHTTPRequestHandler):
                protocol_version = "HTTP/1.1"
                def do_POST(self):
                    body = self.rfile.read(int(self.headers["Content-Length"]))
                    json = self.headers["Content-Type"] == "application/json"
                    with open(sys.argv[2] + (".json" if json else ""), "ab", buffering=0) as out:
                        out.write(body + b"\\n")
                    self.send_response(200)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", "2")
                    self.end_headers()
                    self.wfile.write(b"{}")
                def log_message(self, *words):
                    pass
            http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Collector).serve_forever()
            """;

    private static Trial trial;

    @BeforeAll
    static void up() {
        trial = Trial.up();
        trial.as("alice", "true");
        trial.policy("p.json", Policies.allow("p1", "alice", "/usr/bin/id", "{\"Regex\":\"-u\"}"));
        trial.write("/root/receiver.py", RECEIVER, "0700");
        trial.write("/root/collector.py", COLLECTOR, "0700");
        trial.sh("python3 /root/collector.py 24318 /root/otlp >/dev/null 2>&1 & echo $!");
        trial.waitFor(
                "the collector", () -> !trial.sh("ss -Hltn 'sport = :24318'").out().isBlank());
        Trial.Result set =
                trial.sh(
                        "cd /opt/keeper/sbin && jq '.Settings.Audit.Exports ="
                                + " [\"file:///root/audit.jsonl\","
                                + " \"syslog+tcp://127.0.0.1:24601?name=siem\","
                                + " \"otlp+http://127.0.0.1:24318/v1/logs\","
                                + " \"otlp+http://127.0.0.1:24318/v1/logs?protocol=http/json&name=j\","
                                + " \"syslog+carrier-pigeon://loft\"]' appsettings.json > /root/new"
                                + " && cat /root/new > appsettings.json");
        assertThat(set.code()).as(set.both()).isZero();
        trial.restart();
    }

    @AfterAll
    static void down() {
        trial.close();
    }

    @Test
    @Order(1)
    void records_are_in_the_file_and_at_the_collector_and_the_file_is_an_anchor() {
        assertThat(trial.as("alice", "sudo", "-n", "/usr/bin/id", "-u").out().trim())
                .isEqualTo("0");
        trial.waitFor(
                "the record in the file",
                () -> trial.read("/root/audit.jsonl").contains("ELEVATION_STARTED"));
        trial.waitFor(
                "the record at the collector",
                () -> trial.read("/root/otlp").contains("ELEVATION_STARTED"));
        Trial.Result verify = trial.exec("kepm", "audit", "verify", "--file", "/root/audit.jsonl");
        assertThat(verify.code()).as(verify.both()).isZero();
        assertThat(trial.exec("kepm", "audit", "verify", "--anchor", "/root/audit.jsonl").out())
                .startsWith("intact")
                .doesNotContain("not anchored");
        trial.waitFor(
                "the record in JSON",
                () -> trial.read("/root/otlp.json").contains("ELEVATION_STARTED"));
        assertThat(trial.read("/root/otlp.json").lines().findFirst().orElseThrow())
                .startsWith("{\"resourceLogs\":[");
    }

    @Test
    @Order(2)
    void ab_107_a_receiver_that_is_away_holds_nothing_up_and_a_bad_address_is_named() {
        for (int i = 0; i < 20; i++) {
            assertThat(trial.as("alice", "sudo", "-n", "/usr/bin/id", "-u").code()).isZero();
        }
        String health = trial.health().get("audit exports");
        assertThat(health).startsWith("degraded").contains("siem").contains("carrier-pigeon");
        List<JsonNode> failed = trial.audit("--type", "AUDIT_EXPORT_FAILED");
        assertThat(failed).hasSize(1);
        assertThat(failed.get(0).path("outcome").asText()).isEqualTo("FAILED");
    }

    @Test
    @Order(3)
    void ab_107_it_catches_up_by_itself_with_every_record_in_order() {
        trial.sh("python3 /root/receiver.py 24601 /root/syslog >/dev/null 2>&1 & echo $!");
        trial.waitForMinutes(
                "a recovery",
                () ->
                        trial.audit("--type", "AUDIT_EXPORT_FAILED").stream()
                                .anyMatch(r -> r.path("outcome").asText().equals("RECOVERED")));
        trial.waitFor("the newest record", () -> trial.read("/root/syslog").contains("RECOVERED"));
        List<Long> places =
                trial.read("/root/syslog")
                        .lines()
                        .flatMap(line -> java.util.Arrays.stream(line.split("(?=<8[0-9]>1 )")))
                        .filter(message -> message.contains(" seq=\""))
                        .map(message -> message.replaceFirst("(?s).* seq=\"([0-9]+)\".*", "$1"))
                        .map(Long::parseLong)
                        .toList();
        assertThat(places).startsWith(1L, 2L, 3L).hasSizeGreaterThan(60);
        for (int i = 1; i < places.size(); i++) {
            assertThat(places.get(i)).as("no hole").isLessThanOrEqualTo(places.get(i - 1) + 1);
        }
        String metrics =
                trial.sh("curl -s --unix-socket /run/keeper/agent.sock http://localhost/metrics")
                        .out();
        assertThat(metrics).contains("kepm_audit_exports 4").contains("kepm_audit_lag_records ");
    }

    /** At least once, and one chain: the file may be an anchor after any end of the agent. */
    @Test
    @Order(4)
    void after_kill_9_the_file_is_one_chain_signed_by_the_agent_and_an_anchor() {
        trial.as(
                "alice",
                "bash",
                "-c",
                "for i in $(seq 15); do sudo -n /usr/bin/id -u; done >/dev/null");
        trial.kill();
        trial.start();
        trial.waitFor("the gap", () -> trial.read("/root/audit.jsonl").contains("AGENT_GAP"));
        String key =
                trial.audit("--type", "AUDIT_CHECKPOINT")
                        .get(0)
                        .path("details")
                        .path("key")
                        .asText();
        Trial.Result verify =
                trial.exec("kepm", "audit", "verify", "--file", "/root/audit.jsonl", "--key", key);
        assertThat(verify.code()).as(verify.both()).isZero();
        assertThat(verify.out()).contains("signed by", key);
        assertThat(trial.exec("kepm", "audit", "verify", "--anchor", "/root/audit.jsonl").out())
                .startsWith("intact")
                .doesNotContain("not anchored");
    }
}
