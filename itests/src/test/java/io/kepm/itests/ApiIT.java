package io.kepm.itests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** The API of the assembled agent as its documentation says, its streams, and its certificate. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ApiIT {

    private static final String SOCKET =
            "curl -sS --unix-socket /run/keeper/agent.sock http://kepm";
    private static final String SETTINGS = "/opt/keeper/sbin/appsettings.json";

    /** The time is up, as the example of a stream says. */
    private static final int TIME_IS_UP = 28;

    private static Trial trial;

    @BeforeAll
    static void up() {
        trial = Trial.up();
        trial.as("alice", "true");
        trial.policy("p.json", Policies.allow("p1", "alice", "/usr/bin/true", ""));
        assertThat(trial.as("alice", "sudo", "-n", "true").code()).isZero();
        trial.sample("denial-counter", "/root/denial-counter.jar");
    }

    @AfterAll
    static void down() {
        trial.close();
    }

    /** The examples of docs/api.md by the route in the heading before each. */
    private static Map<String, String> examples() throws IOException {
        Map<String, String> examples = new LinkedHashMap<>();
        Matcher matcher =
                Pattern.compile("### (\\w+ \\S+)\\n(?:(?!###)[\\s\\S])*?```sh\\n(.*)\\n```")
                        .matcher(Files.readString(Trial.REPOSITORY.resolve("docs/api.md")));
        while (matcher.find()) {
            examples.put(matcher.group(1), matcher.group(2));
        }
        return examples;
    }

    @Test
    @Order(1)
    void the_page_has_an_example_of_every_route_and_each_one_runs() throws IOException {
        Map<String, String> examples = examples();
        TreeSet<String> served = new TreeSet<>();
        JsonNode paths = trial.json(trial.sh(SOCKET + "/openapi.json").out()).path("paths");
        for (Iterator<String> path = paths.fieldNames(); path.hasNext(); ) {
            String name = path.next();
            paths.path(name)
                    .fieldNames()
                    .forEachRemaining(
                            method -> served.add(method.toUpperCase(Locale.ROOT) + " " + name));
        }
        assertThat(examples.keySet()).containsExactlyInAnyOrderElementsOf(served);
        List<String> script = new ArrayList<>();
        examples.forEach(
                (route, line) -> script.add(line + " > /dev/null; echo \"$? " + route + "\""));
        List<String> failed =
                trial.sh(String.join("\n", script))
                        .out()
                        .lines()
                        .filter(
                                line ->
                                        !line.startsWith("0 ")
                                                && !line.matches(
                                                        TIME_IS_UP + " GET /api/.*/stream"))
                        .toList();
        assertThat(failed).isEmpty();
    }

    @Test
    @Order(2)
    void the_stream_tells_of_a_decision_when_it_is_made_and_goes_on_where_a_reader_was() {
        trial.sh(
                "(timeout 300 "
                        + SOCKET.replace("-sS", "-sSN")
                        + "'/api/audit/stream?user=alice' > /root/stream) & echo $! > /root/stream.pid");
        trial.waitFor("the stream", () -> trial.read("/root/stream").contains("retry:"));
        assertThat(trial.as("alice", "sudo", "-n", "id").code()).isEqualTo(1);
        trial.waitFor(
                "the refusal", () -> trial.read("/root/stream").contains("ELEVATION_REFUSED"));
        String last =
                trial.read("/root/stream")
                        .lines()
                        .filter(line -> line.startsWith("id: "))
                        .reduce((a, b) -> b)
                        .orElseThrow();
        assertThat(trial.as("alice", "sudo", "-n", "id", "later").code()).isEqualTo(1);
        trial.sh(
                "(timeout 300 "
                        + SOCKET.replace(
                                "-sS", "-sSN -H 'Last-Event-ID: " + last.substring(4) + "'")
                        + "/api/audit/stream > /root/again) & echo $! > /root/again.pid");
        trial.waitFor("what came since", () -> trial.read("/root/again").contains("later"));
        assertThat(trial.read("/root/again")).doesNotContain("\nid: 1\n", last + "\n");
        trial.sh("kill $(cat /root/stream.pid) $(cat /root/again.pid)");
        assertThat(
                        trial.as(
                                        "alice",
                                        "curl",
                                        "-s",
                                        "--unix-socket",
                                        "/run/keeper/agent.sock",
                                        "http://kepm/api/audit/stream")
                                .out())
                .contains("\"status\":403");
    }

    @Test
    @Order(3)
    void an_export_over_the_door_is_what_the_command_writes_and_verifies() {
        trial.sh(SOCKET + "/api/audit/export > /root/door.jsonl");
        trial.sh("kepm audit export --file /root/cli.jsonl");
        assertThat(
                        trial.sh(
                                        "head -n $(wc -l < /root/door.jsonl) /root/cli.jsonl | cmp - /root/door.jsonl")
                                .both())
                .isEmpty();
        assertThat(trial.exec("kepm", "audit", "verify", "--file", "/root/door.jsonl").code())
                .isZero();
        for (String format : List.of("csv", "cef")) {
            trial.sh(SOCKET + "'/api/audit/export?format=" + format + "' > /root/door.txt");
            trial.sh("kepm audit export --format " + format + " --file /root/cli.txt; true");
            assertThat(
                            trial.sh(
                                            "head -n $(wc -l < /root/door.txt) /root/cli.txt | cmp - /root/door.txt; rm /root/cli.txt")
                                    .both())
                    .as(format)
                    .isEmpty();
        }
    }

    @Test
    @Order(4)
    void ab_97_a_hostile_justification_leaves_no_sink_unescaped() {
        String body =
                "{\"eventType\":\"CommandLine\",\"user\":{\"name\":\"=cmd()\"},\"target\":{\"path\":"
                        + "\"/usr/bin/id\"},\"justification\":\"\\u001b[2J\\n=HYPERLINK(1)\\u202e<b>\"}";
        trial.write("/root/body.json", body, "0600");
        trial.sh(SOCKET + "/api/evaluate -H 'Content-Type: application/json' -d @/root/body.json");
        for (String format : List.of("json", "csv", "cef")) {
            String out = trial.sh(SOCKET + "'/api/audit/export?format=" + format + "'").out();
            assertThat(out).as(format).doesNotContain("\u001b", "\u202e", "\r");
            assertThat(out.lines()).as(format).noneMatch(line -> line.startsWith("=HYPERLINK"));
        }
        assertThat(trial.sh(SOCKET + "'/api/audit/export?format=csv'").out())
                .contains("\"'=cmd()\"");
    }

    @Test
    @Order(5)
    void ab_49_while_a_stranger_sits_on_the_ports_sudo_decides_and_it_is_told() {
        trial.stop();
        trial.sh(
                "mkdir -p -m 700 /root/tls && cd /root/tls && openssl req -x509 -newkey rsa:2048 -nodes"
                        + " -keyout door.key -out door.crt -days 20 -subj /CN=door.example"
                        + " -addext subjectAltName=DNS:localhost 2>/dev/null && chmod 600 *"
                        + " && jq '.Settings.Certificate = {File: \"/root/tls/door.crt\", KeyFile:"
                        + " \"/root/tls/door.key\"}' "
                        + SETTINGS
                        + " > /root/new && cat /root/new > "
                        + SETTINGS);
        trial.write(
                "/tmp/squat.py",
                "import socket, time\nheld = []\nfor port in (8675, 6888, 6889):\n"
                        + "    s = socket.socket()\n    held.append(s)\n"
                        + "    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\n"
                        + "    s.bind(('127.0.0.1', port))\n    s.listen()\ntime.sleep(600)\n",
                "0644");
        trial.sh(
                "setsid setpriv --reuid=alice --clear-groups --regid=$(id -g alice)"
                        + " /usr/bin/python3 /tmp/squat.py >/dev/null 2>&1 & echo $! > /root/squat.pid");
        trial.waitFor(
                "the squatter",
                () -> trial.sh("ss -Hltn | grep -c 127.0.0.1:6889").out().trim().equals("1"));
        trial.start();
        assertThat(trial.as("alice", "sudo", "-n", "true").code()).isZero();
        trial.waitFor(
                "the doors' trouble", () -> trial.health().get("https").startsWith("degraded"));
        assertThat(trial.health().get("https"))
                .startsWith("degraded: ")
                .contains("127.0.0.1:6889 can't be opened", "127.0.0.1:6888 can't be opened");
        trial.waitFor(
                "the broker's trouble",
                () -> trial.health().get("mqtt").startsWith("degraded: the broker is not open"));
        for (String port : List.of("6888", "6889", "8675")) {
            trial.waitFor(
                    "the record of " + port,
                    () ->
                            trial.audit("--type", "PROCESS_AUTHENTICATION_FAILED").stream()
                                    .anyMatch(
                                            record ->
                                                    record.path("reason").asText().contains(port)));
        }
        trial.sh("kill $(cat /root/squat.pid)");
        for (String door : List.of("https", "mqtt")) {
            trial.waitFor(door, () -> trial.health().get(door).startsWith("healthy"));
        }
    }

    @Test
    @Order(6)
    void a_custom_certificate_is_shown_told_of_replaced_and_fallen_back_from() {
        assertThat(served()).isEqualTo(published()).contains("CN=door.example");
        assertThat(trial.health().get("certificate"))
                .startsWith("degraded: the custom certificate ends at ");
        assertThat(certificate().path("source").asText()).isEqualTo("custom");
        trial.sh(
                "cd /root/tls && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
                        + " -keyout new.key -out new.crt -days 200 -subj /CN=next.example 2>/dev/null"
                        + " && chmod 600 * && python3 -c 'import os; os.rename(\"new.key\", \"door.key\");"
                        + " os.rename(\"new.crt\", \"door.crt\")'");
        trial.waitFor("the next one", () -> served().contains("CN=next.example"));
        assertThat(published()).isEqualTo(served());
        trial.waitFor(
                "a good health", () -> trial.health().get("certificate").startsWith("healthy"));
        trial.sh("echo nonsense > /root/tls/door.crt");
        trial.waitFor("the agent's own", () -> served().contains("CN=Localhost"));
        assertThat(published()).isEqualTo(served());
        trial.waitFor(
                "the trouble to be told",
                () -> trial.health().get("certificate").startsWith("degraded: the custom"));
        assertThat(trial.exec("kepm", "certificate", "show").code()).isEqualTo(1);
        List<String> outcomes =
                trial
                        .audit(
                                "--filter",
                                "audit_event_type = CONFIGURATION_CHANGED AND details.setting ="
                                        + " Settings/Certificate")
                        .stream()
                        .map(record -> record.path("outcome").asText())
                        .toList();
        assertThat(outcomes).containsExactly("OK", "EXPIRING", "OK", "FAILED");
        String before = certificate().path("sha256").asText();
        trial.exec("kepm", "certificate", "rotate");
        assertThat(certificate().path("sha256").asText()).isNotEqualTo(before);
        assertThat(published()).isEqualTo(served());
    }

    private static JsonNode certificate() {
        return trial.json(trial.sh(SOCKET + "/api/certificate").out());
    }

    /** Subject and digest of what a client is shown. */
    private static String served() {
        return described(
                "openssl s_client -connect 127.0.0.1:6889 </dev/null 2>/dev/null | openssl x509");
    }

    private static String published() {
        return described("openssl x509 -in /run/keeper/agent.crt");
    }

    private static String described(String source) {
        return trial.sh(source + " -noout -subject -fingerprint -sha256").out().replace(" = ", "=");
    }
}
