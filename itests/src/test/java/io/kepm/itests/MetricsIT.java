package io.kepm.itests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.hawkular.agent.prometheus.text.TextPrometheusMetricsProcessor;
import org.hawkular.agent.prometheus.types.MetricFamily;
import org.hawkular.agent.prometheus.walkers.CollectorPrometheusMetricsWalker;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the assembled agent counts, as a monitor of this machine sees it. */
class MetricsIT {

    private static final String SOCKET = "/run/keeper/agent.sock";
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"");

    private static Trial trial;

    @BeforeAll
    static void up() {
        trial = Trial.up();
        everythingIsThere();
        trial.otherUser("mona", "kepm-monitor");
        trial.policy("p.json", Policies.allow("p1", "alice", "/usr/bin/true", ""));
        trial.policy("d.json", Policies.deny("p2", "alice", "/usr/bin/whoami"));
        trial.as("bob", "true");
    }

    /** The broker opens after the doors that the agent's readiness waits for. */
    private static void everythingIsThere() {
        trial.waitFor(
                "the broker", () -> trial.health().getOrDefault("mqtt", "").contains("open on"));
    }

    @AfterAll
    static void down() {
        trial.close();
    }

    private static String page() {
        Trial.Result result =
                trial.as(
                        "mona",
                        "curl",
                        "-fsS",
                        "--unix-socket",
                        SOCKET,
                        "http://localhost/metrics");
        assertThat(result.code()).as(result.err()).isZero();
        return result.out();
    }

    private static Map<String, Double> series() {
        Map<String, Double> series = new TreeMap<>();
        page().lines()
                .filter(line -> !line.startsWith("#"))
                .forEach(
                        line -> {
                            int blank = line.lastIndexOf(' ');
                            series.put(
                                    line.substring(0, blank),
                                    Double.parseDouble(line.substring(blank + 1)));
                        });
        return series;
    }

    /** How much each series grew. */
    private static Map<String, Double> grown(Map<String, Double> before) {
        Map<String, Double> grown = new HashMap<>();
        series().forEach((name, value) -> grown.put(name, value - before.getOrDefault(name, 0.0)));
        return grown;
    }

    private static String status(String user, String... curl) {
        List<String> words = new ArrayList<>();
        words.addAll(List.of("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}"));
        words.addAll(List.of(curl));
        return trial.as(user, words.toArray(String[]::new)).out();
    }

    @Test
    void what_sudo_was_answered_is_counted_by_outcome_and_by_who_refused() {
        Map<String, Double> before = series();
        assertThat(trial.as("alice", "sudo", "-n", "true").code()).isZero();
        trial.as("alice", "sudo", "-n", "whoami");
        trial.as("alice", "sudo", "-n", "id");
        trial.as("bob", "sudo", "-n", "id");
        Map<String, Double> grown = grown(before);
        assertThat(grown)
                .containsEntry("kepm_decisions_total{outcome=\"allow\"}", 1.0)
                .containsEntry("kepm_decisions_total{outcome=\"deny\"}", 3.0)
                .containsEntry("kepm_decisions_total{outcome=\"fault\"}", 0.0)
                .containsEntry("kepm_refused_total{why=\"policy\"}", 1.0)
                .containsEntry("kepm_refused_total{why=\"unmatched\"}", 2.0)
                .containsEntry("kepm_decision_seconds_count", 4.0)
                .containsEntry("kepm_decision_seconds_bucket{le=\"+Inf\"}", 4.0)
                .containsEntry("kepm_turns_total{answer=\"granted\"}", 4.0);
        assertThat(grown.get("kepm_decision_seconds_sum")).isBetween(0.0, 20.0);
        assertThat(grown.get("kepm_audit_records_total")).isGreaterThanOrEqualTo(8);
        assertThat(grown.get("kepm_commits_total{result=\"ok\"}")).isGreaterThanOrEqualTo(4);
        assertThat(series().get("kepm_policies")).isGreaterThanOrEqualTo(2);
        assertThat(series()).containsEntry("kepm_health{check=\"storage\"}", 0.0);
        trial.waitFor("the end of what was given", () -> series().get("kepm_grants") == 0);
    }

    @Test
    void other_people_commands_and_policies_make_no_further_series() {
        Map<String, Double> before = series();
        for (int i = 0; i < 5; i++) {
            trial.as("user" + i, "sudo", "-n", "id", "argument-" + i);
        }
        trial.policy("x.json", Policies.allow("unheard-of", "user1", "/usr/bin/env", ""));
        assertThat(series().keySet()).isEqualTo(before.keySet());
        assertThat(before).hasSizeLessThan(170);
        assertThat(page()).doesNotContain("alice", "mona", "unheard", "argument", "/usr/", "user1");
    }

    @Test
    void only_root_and_monitors_read_it_and_only_over_the_socket() {
        String url = "http://localhost/metrics";
        assertThat(status("alice", "--unix-socket", SOCKET, url)).isEqualTo("403");
        assertThat(status("mona", "--unix-socket", SOCKET, url)).isEqualTo("200");
        assertThat(status("mona", "--unix-socket", SOCKET, "-d", "", url)).isEqualTo("405");
        assertThat(status("mona", "--unix-socket", SOCKET, url + "/x")).isEqualTo("404");
        assertThat(status("mona", "-k", "https://localhost:6889/metrics")).isEqualTo("401");
        assertThat(status("mona", "--unix-socket", SOCKET, "http://localhost/api/audit"))
                .isEqualTo("403");
    }

    @Test
    void a_parser_of_others_reads_it_and_the_administrators_table_is_just_that() throws Exception {
        CollectorPrometheusMetricsWalker read = new CollectorPrometheusMetricsWalker();
        String page = page();
        new TextPrometheusMetricsProcessor(
                        new ByteArrayInputStream(page.getBytes(StandardCharsets.UTF_8)), read)
                .walk();
        List<String> rows =
                read.getAllMetricFamilies().stream().map(family -> row(family, page)).toList();
        List<String> table =
                Files.readString(Trial.REPOSITORY.resolve("docs/administrator.md"))
                        .lines()
                        .filter(line -> line.startsWith("| `kepm_"))
                        .toList();
        assertThat(table).containsExactlyElementsOf(rows);
    }

    private static String row(MetricFamily family, String page) {
        TreeSet<String> labels = new TreeSet<>();
        page.lines()
                .filter(line -> line.matches(family.getName() + "(_bucket)?\\{.*"))
                .forEach(
                        line ->
                                LABEL.matcher(line)
                                        .results()
                                        .forEach(label -> labels.add(label.group(1))));
        return "| `%s` | %s | %s | %s |"
                .formatted(
                        family.getName(),
                        family.getType().name().toLowerCase(Locale.ROOT),
                        String.join(", ", labels),
                        family.getHelp());
    }

    @Test
    void every_series_of_the_dashboard_is_exported() throws IOException {
        String exported = page();
        Pattern asked = Pattern.compile("kepm_[a-z0-9_]+");
        assertThat(
                        asked.matcher(
                                        Files.readString(
                                                Trial.REPOSITORY.resolve(
                                                        "docs/grafana-dashboard.json")))
                                .results()
                                .map(found -> found.group())
                                .distinct()
                                .filter(name -> !exported.contains("\n" + name))
                                .collect(Collectors.toList()))
                .isEmpty();
    }

    /** The line of administrator.md that feeds node_exporter. */
    @Test
    void the_page_can_be_put_where_node_exporter_reads_it() {
        trial.sh("install -d -o mona /var/lib/prometheus/node-exporter");
        Trial.Result done =
                trial.as(
                        "mona",
                        "sh",
                        "-c",
                        "d=/var/lib/prometheus/node-exporter; curl -fsS --unix-socket "
                                + SOCKET
                                + " -o $d/kepm.new http://localhost/metrics"
                                + " && mv $d/kepm.new $d/kepm.prom");
        assertThat(done.code()).as(done.both()).isZero();
        assertThat(trial.read("/var/lib/prometheus/node-exporter/kepm.prom"))
                .startsWith("# HELP kepm_audit_")
                .endsWith("\n");
    }

    @Test
    void each_check_says_since_when_and_a_worse_one_what_to_do() {
        assertThat(checks())
                .containsKeys(
                        "storage",
                        "audit",
                        "audit exports",
                        "policy set",
                        "mqtt",
                        "https",
                        "disk space",
                        "clock",
                        "file permissions",
                        "certificate",
                        "settings",
                        "configuration",
                        "log");
        assertThat(checks())
                .allSatisfy(
                        (name, check) ->
                                assertThat(check.path("advice").asText().isEmpty())
                                        .as(name + " says what to do exactly when it is not well")
                                        .isEqualTo(check.path("state").asText().equals("healthy")));
        Instant started = Instant.parse(checks().get("settings").path("since").asText());
        trial.sh("echo >> /opt/keeper/sbin/appsettings.json");
        trial.waitFor(
                "the change of the settings",
                () -> checks().get("settings").path("state").asText().equals("degraded"));
        JsonNode settings = checks().get("settings");
        assertThat(Instant.parse(settings.path("since").asText())).isAfter(started);
        assertThat(settings.path("detail").asText()).startsWith("restart_pending");
        assertThat(settings.path("advice").asText()).startsWith("restart the agent");
        assertThat(series()).containsEntry("kepm_health{check=\"settings\"}", 1.0);
        assertThat(trial.exec("kepm", "status").out())
                .containsPattern(
                        "warn  settings .*restart_pending.*\\n +since \\d\\d:\\d\\d:\\d\\d");
        trial.restart();
        everythingIsThere();
        assertThat(checks().get("settings").path("state").asText()).isEqualTo("healthy");
    }

    private static Map<String, JsonNode> checks() {
        Map<String, JsonNode> checks = new TreeMap<>();
        trial.json(
                        trial.exec(
                                        "curl",
                                        "-s",
                                        "--unix-socket",
                                        SOCKET,
                                        "http://localhost/api/health")
                                .out())
                .path("checks")
                .forEach(check -> checks.put(check.path("name").asText(), check));
        return checks;
    }
}
