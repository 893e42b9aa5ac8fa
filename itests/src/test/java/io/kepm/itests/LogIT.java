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

/** The log of the assembled agent: what is in it, what is not, and where else it goes. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LogIT {

    private static final String LOG = "/opt/keeper/sbin/Log/KeeperLogger.log";

    private static Trial trial;

    @BeforeAll
    static void up() {
        trial = Trial.up();
        trial.policy("p.json", Policies.everything("p1", "alice"));
    }

    @AfterAll
    static void down() {
        trial.close();
    }

    private static Trial.Result shell(String... words) {
        String[] command = new String[words.length + 3];
        command[0] = "kepm";
        command[1] = "shell";
        command[2] = "--";
        System.arraycopy(words, 0, command, 3, words.length);
        return trial.exec(command);
    }

    /** A policy that is loaded says so at Information. */
    private static void say() {
        trial.noPolicies();
        trial.policy("p.json", Policies.everything("p1", "alice"));
    }

    private static void settings(String jq) {
        Trial.Result changed =
                trial.sh(
                        "cd /opt/keeper/sbin && jq '"
                                + jq
                                + "' appsettings.json > /root/new && cat /root/new > appsettings.json");
        assertThat(changed.code()).as(changed.both()).isZero();
        trial.restart();
    }

    @Test
    @Order(1)
    void at_warning_a_start_that_is_well_says_nothing_and_what_is_wrong_is_said() {
        assertThat(trial.read(LOG)).doesNotContain("INFO", "DEBUG");
        trial.write("/root/bad", "{", "0640");
        trial.sh(
                "chown root:kepm-admins /root/bad && mv /root/bad /opt/keeper/sbin/policies/bad.json");
        trial.exec("kepm", "policy", "reload");
        trial.waitFor("the refusal", () -> trial.read(LOG).contains("policy set refused"));
        trial.sh("rm /opt/keeper/sbin/policies/bad.json");
        trial.exec("kepm", "policy", "reload");
    }

    @Test
    @Order(2)
    void a_level_is_changed_for_one_component_at_run_time_on_record_and_until_the_agent_stops() {
        say();
        assertThat(trial.read(LOG)).doesNotContain("INFO");
        assertThat(shell("kepm:log-level", "policy", "Debug").out()).contains("policy Debug");
        say();
        trial.waitFor("the line", () -> trial.read(LOG).contains("INFO  PolicyFolder: policy set"));
        assertThat(shell("kepm:log-level").out()).contains("default Warning", "policy Debug");
        List<JsonNode> actions = trial.audit("--type", "ADMIN_ACTION");
        assertThat(actions)
                .anyMatch(
                        action ->
                                action.path("details")
                                        .path("command")
                                        .asText()
                                        .contains("kepm:log-level policy Debug"));
        trial.restart();
        assertThat(shell("kepm:log-level").out()).doesNotContain("policy Debug");
        assertThat(shell("kepm:log-level", "policy", "loud").code()).isNotZero();
    }

    /** The name of a file in the policy folder is a text that somebody else chose. */
    @Test
    @Order(3)
    void ab_97_what_others_chose_forges_no_line_and_steers_no_terminal() {
        String name =
                "'/opt/keeper/sbin/policies/'$'${jndi:ldap:x}%n\\e[2J\\n2026-01-01T00:00:00.000Z ERROR"
                        + " FORGED\\u202e.json'";
        trial.sh("echo '{' > " + name + " && chmod 640 " + name);
        trial.exec("kepm", "policy", "reload");
        trial.waitFor("the line", () -> trial.read(LOG).contains("FORGED"));
        trial.sh("rm -f " + name);
        String log = trial.read(LOG);
        assertThat(log.lines()).noneMatch(line -> line.startsWith("2026-01-01"));
        assertThat(log).doesNotContain("${jndi", "\u001b", "\u202e");
        assertThat(log.lines().filter(line -> line.contains("FORGED")))
                .allMatch(line -> line.matches("\\d{4}-\\d\\d-\\d\\dT\\S+Z [A-Z]+ +\\w+: .*"));
        trial.exec("kepm", "policy", "reload");
    }

    @Test
    @Order(4)
    void the_log_goes_on_under_its_name_after_somebody_took_the_file_away() {
        trial.sh("mv " + LOG + " /root/taken");
        trial.waitFor("a new file", () -> trial.exists(LOG));
        assertThat(trial.sh("stat -c %a " + LOG).out().strip()).isEqualTo("640");
    }

    @Test
    @Order(5)
    void lines_of_another_day_are_put_away_at_a_start() {
        trial.stop();
        trial.sh("echo '2026-01-02T10:00:00.000Z WARN  X: old' > " + LOG);
        trial.start();
        trial.waitFor(
                "the old file",
                () -> trial.exists("/opt/keeper/sbin/Log/KeeperLogger_20260102.log"));
        assertThat(trial.read(LOG)).doesNotContain("X: old");
    }

    @Test
    @Order(6)
    void lines_are_json_and_go_to_every_output_when_settings_say_so() {
        trial.write(
                "/root/receive.py",
                """
                import http.server, os, socket, threading
                def datagrams(s, name):
                    with open(name, "ab", 0) as out:
                        while True:
                            out.write(s.recv(65536) + b"\\n")
                os.makedirs("/run/systemd/journal", exist_ok=True)
                j = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
                j.bind("/run/systemd/journal/socket")
                u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                u.bind(("127.0.0.1", 6514))
                class H(http.server.BaseHTTPRequestHandler):
                    def do_POST(self):
                        with open("/root/http.got", "ab", 0) as out:
                            out.write(self.rfile.read(int(self.headers["Content-Length"])) + b"\\n")
                        self.send_response(204)
                        self.end_headers()
                for s, name in ((j, "/root/journal.got"), (u, "/root/syslog.got")):
                    threading.Thread(target=datagrams, args=(s, name)).start()
                http.server.HTTPServer(("127.0.0.1", 6515), H).serve_forever()
                """,
                "0600");
        trial.sh(
                "rm -f /run/systemd/journal/socket; setsid python3 /root/receive.py >/dev/null 2>&1 &");
        trial.waitFor("the receivers", () -> trial.exists("/run/systemd/journal/socket"));
        settings(
                ".Settings.\"log.format\" = \"json\" | .Settings.\"log.outputs\" ="
                        + " [\"journald:\", \"syslog+udp://127.0.0.1:6514\", \"http://127.0.0.1:6515/in\"]"
                        + " | .Settings.\"system.logging.level\" = \"Information\"");
        say();
        for (String got : List.of("journal", "syslog", "http")) {
            trial.waitFor(got, () -> trial.read("/root/" + got + ".got").contains("in force"));
        }
        assertThat(trial.read("/root/journal.got")).contains("MESSAGE=PolicyFolder: policy set");
        assertThat(trial.read("/root/syslog.got")).contains("<86>1 ", " kepm ");
        assertThat(
                        trial.json(
                                trial.read("/root/http.got")
                                        .lines()
                                        .findFirst()
                                        .orElse("")
                                        .replaceFirst(",$", "]")))
                .isNotNull();
        List<JsonNode> lines =
                trial.read(LOG)
                        .lines()
                        .filter(line -> line.startsWith("{"))
                        .map(trial::json)
                        .toList();
        assertThat(lines)
                .anyMatch(
                        line ->
                                line.path("level").asText().equals("Information")
                                        && line.path("logger")
                                                .asText()
                                                .equals("io.kepm.policy.PolicyFolder")
                                        && line.path("message").asText().contains("in force"));
        assertThat(trial.health().get("log")).startsWith("healthy");
    }
}
