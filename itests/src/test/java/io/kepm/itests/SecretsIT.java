package io.kepm.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Canaries where secrets occur, and a look into everything that the agent says, writes in the clear
 * or leaves behind.
 */
class SecretsIT {

    private static final String CANARY = "c4n4ry-";

    private static final String KEY = "/opt/keeper/sbin/KeeperStorage/.master.key";

    private static final String SINKS = "/root/sinks";

    /** Whatever leaves the agent, by every way there is, as files. */
    private static final String RECEIVERS =
            """
            import http.server, os, socket, sys, threading
            os.makedirs("/root/sinks", mode=0o750, exist_ok=True)
            def taken(name, data):
                with open("/root/sinks/" + name, "ab", 0) as out:
                    out.write(data)
            def datagrams(door, name):
                while True:
                    taken(name, door.recv(65536) + b"\\n")
            def stream(peer, name):
                while data := peer.recv(65536):
                    taken(name, data)
            def streams(port, name):
                door = socket.create_server(("127.0.0.1", port))
                while True:
                    threading.Thread(target=stream, args=(door.accept()[0], name)).start()
            class Posted(http.server.BaseHTTPRequestHandler):
                def do_POST(self):
                    taken("http" + self.path.replace("/", "-"), self.rfile.read(int(self.headers["Content-Length"])))
                    self.send_response(200)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                def log_message(self, *words):
                    pass
            os.makedirs("/run/systemd/journal", exist_ok=True)
            journal = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            journal.bind("/run/systemd/journal/socket")
            udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            udp.bind(("127.0.0.1", 24602))
            for target, words in ((datagrams, (journal, "log-journal")), (datagrams, (udp, "log-syslog")),
                    (streams, (24601, "audit-sd")), (streams, (24603, "audit-cef"))):
                threading.Thread(target=target, args=words).start()
            http.server.ThreadingHTTPServer(("127.0.0.1", 24318), Posted).serve_forever()
            """;

    private static final String EXPORTS =
            "[\"file:///root/sinks/audit.jsonl\", \"syslog+tcp://127.0.0.1:24601\","
                    + " \"syslog+tcp://127.0.0.1:24603?format=cef\","
                    + " \"otlp+http://127.0.0.1:24318/v1/logs\"]";

    private static final String OUTPUTS =
            "[\"journald:\", \"syslog+udp://127.0.0.1:24602\", \"http://127.0.0.1:24318/log\"]";

    private static Trial trial;

    @BeforeAll
    static void up() {
        trial = Trial.up();
        trial.write("/root/receivers.py", RECEIVERS, "0600");
        trial.sh(
                "rm -f /run/systemd/journal/socket; setsid python3 /root/receivers.py >/dev/null 2>&1 &");
        trial.waitFor("the receivers", () -> trial.exists("/run/systemd/journal/socket"));
        trial.sh(
                "cd /opt/keeper/sbin && jq '.Settings.Audit.Exports = "
                        + EXPORTS
                        + " | .Settings.\"log.outputs\" = "
                        + OUTPUTS
                        + "' appsettings.json > /root/new && cat /root/new > appsettings.json");
        trial.restart();
        trial.policy("p.json", Policies.everything("p1", "alice"));
    }

    @AfterAll
    static void down() {
        trial.close();
    }

    /** AB-109. */
    @Test
    void ab_109_no_secret_is_in_the_log_the_audit_any_output_the_answers_or_a_crash_file() {
        trial.exec("kepm", "shell", "--", "kepm:log-level", "default", "Trace");
        trial.exec("kepm", "shell", "--", "kepm:log-level", "org.eclipse.jetty", "Trace");
        onCommandLines();
        inRequests();
        inSettings();
        StringBuilder said = new StringBuilder();
        for (List<String> command :
                List.of(
                        List.of("audit", "list", "--json", "--limit", "1000"),
                        List.of("audit", "export"),
                        List.of("audit", "export", "--format", "csv"),
                        List.of("audit", "export", "--format", "cef"),
                        List.of("audit", "report", "--json"),
                        List.of("requests", "--all", "--json"),
                        List.of("status"),
                        List.of("doctor"),
                        List.of("grants", "--json"),
                        List.of("shell", "--", "kepm:audit", "500"),
                        List.of("shell", "--", "kepm:grants"),
                        List.of("shell", "--", "kepm:status"))) {
            String[] words = new String[command.size() + 1];
            words[0] = "kepm";
            System.arraycopy(command.toArray(), 0, words, 1, command.size());
            said.append(trial.exec(words).both());
        }
        for (String sink : List.of("audit.jsonl", "audit-sd", "audit-cef", "http-v1-logs")) {
            trial.waitFor(sink, () -> trial.read(SINKS + "/" + sink).contains("***"));
        }
        for (String sink : List.of("log-journal", "log-syslog", "http-log")) {
            assertThat(trial.read(SINKS + "/" + sink)).as(sink).isNotBlank();
        }
        String key = trial.read(KEY).strip();
        assertThat(key).hasSize(64);
        crash();
        assertThat(said.indexOf("--password=***")).isNotNegative();
        assertThat(lines(said, CANARY)).as("printed with a canary").isEmpty();
        assertThat(lines(said, key)).as("printed with the key").isEmpty();
        assertThat(left(CANARY)).as("files with a canary").isEmpty();
        assertThat(left(key).strip()).as("files with the key").isEqualTo(KEY);
    }

    private static void onCommandLines() {
        for (List<String> words :
                List.of(
                        List.of("--password=" + CANARY + "1"),
                        List.of("--token", CANARY + "2"),
                        List.of("PGPASSWORD=" + CANARY + "3"),
                        List.of("https://me:" + CANARY + "4@host/"),
                        List.of("Authorization: Bearer " + CANARY + "5"))) {
            String[] command = new String[words.size() + 3];
            command[0] = "sudo";
            command[1] = "-n";
            command[2] = "/usr/bin/true";
            System.arraycopy(words.toArray(), 0, command, 3, words.size());
            Trial.Result allowed = trial.as("alice", command);
            assertThat(allowed.code()).as(allowed.both()).isZero();
            assertThat(trial.as("bob", command).code()).isNotZero();
        }
        trial.exec(
                "kepm",
                "shell",
                "--",
                "kepm:policy-explain",
                "alice",
                "/usr/bin/true",
                "--secret=" + CANARY + "6");
    }

    private static void inRequests() {
        for (String where :
                List.of(
                        "--unix-socket /run/keeper/agent.sock http://kepm",
                        "-k https://127.0.0.1:6889")) {
            for (String path :
                    List.of("/api/health", "/api/nothing", "/api/audit?token=" + CANARY + "7")) {
                trial.sh(
                        "curl -s -o /dev/null -H 'Authorization: Bearer "
                                + CANARY
                                + "8' -H 'Cookie: session="
                                + CANARY
                                + "9' "
                                + where
                                + path);
            }
        }
    }

    private static void inSettings() {
        trial.sh(
                "cd /opt/keeper/sbin && jq '.CertPassword = \""
                        + CANARY
                        + "10\"' appsettings.json > /root/new && cp appsettings.json /root/good"
                        + " && cat /root/new > appsettings.json");
        trial.restart();
        trial.sh(
                "cd /opt/keeper/sbin && jq '.Settings.\"log.outputs\" = [\"https://me:"
                        + CANARY
                        + "11@host/\"]' /root/good > /root/new && cat /root/new > appsettings.json");
        trial.restart();
        trial.sh("cat /root/good > /opt/keeper/sbin/appsettings.json && rm /root/new");
        trial.restart();
    }

    /** A JVM that dies of a signal writes a file about it. */
    private static void crash() {
        trial.sh("kill -SEGV $(cat /run/kepm-trial.agent)");
        trial.waitFor("the crash file", () -> trial.exists("/var/lib/kepm/tmp/crash.log"));
        trial.waitFor(
                "the end", () -> trial.sh("kill -0 $(cat /run/kepm-trial.agent)").code() != 0);
    }

    /** Some lines that hold a text, as much as a report can show. */
    private static List<String> lines(CharSequence said, String text) {
        return said.toString()
                .lines()
                .filter(line -> line.contains(text))
                .limit(5)
                .map(
                        line ->
                                line.substring(
                                        Math.max(0, line.indexOf(text) - 200), line.indexOf(text)))
                .toList();
    }

    /** Files of ours that hold a text; in the clear, or compressed. */
    private static String left(String text) {
        return trial.sh(
                        "find /opt/keeper/sbin /var/lib/kepm /run/keeper /root/sinks -type f | while read -r f; do"
                                + " case $f in *.gz) zcat \"$f\" ;; *) cat \"$f\" ;; esac"
                                + " | grep -q -a -i -e '"
                                + text
                                + "' && echo \"$f\"; done")
                .out();
    }
}
