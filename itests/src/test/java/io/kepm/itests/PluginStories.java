package io.kepm.itests;

import static io.kepm.itests.PluginForge.plugin;
import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.itests.Trial.Result;
import io.kepm.itests.plugin.Broken;
import io.kepm.itests.plugin.Exiting;
import io.kepm.itests.plugin.PahoInside;
import io.kepm.itests.plugin.Trace;
import io.kepm.itests.plugin.Usurper;
import io.kepm.signing.forge.Forge;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/**
 * What becomes of plugins that are signed. Their order and their agent are those of {@link
 * PluginIT}.
 */
abstract class PluginStories extends PluginWorld {

    @Test
    @Order(1)
    void the_sample_goes_from_its_source_to_healthy() {
        trial.sample("denial-counter", "/root/denial-counter.jar");
        assertThat(trial.exec("kepm", "trust", "check", "/root/denial-counter.jar").both())
                .contains("trusted: signed by " + vendor.thumbprint());
        trial.as("alice", "true");
        trial.policy("p.json", Policies.allow("p1", "alice", "/usr/bin/true", ""));
        trial.sh(
                "setsid runuser -u alice -- bash -c 'until [ -e /tmp/enough ]; do sudo -n true && echo"
                        + " yes || echo NO; done' > /root/elevations 2>&1 & true");
        trial.waitFor("elevations", () -> trial.read("/root/elevations").contains("yes"));
        Result install = trial.exec("kepm", "plugin", "install", "/root/denial-counter.jar");
        trial.sh("touch /tmp/enough");
        assertThat(install.both()).contains("denial-counter 1.0.0 is Healthy");
        assertThat(trial.read("/root/elevations"))
                .as("sudo while a plugin is installed")
                .doesNotContain("NO");
        assertThat(trial.exec("kepm", "plugin", "list").out())
                .containsPattern("denial-counter +Service +1\\.0\\.0 +Healthy")
                .containsPattern("KeeperPolicy +Agent")
                .contains("RedirectEvaluator");
        assertThat(records("PLUGIN_INSTALLED")).contains("denial-counter", vendor.thumbprint());
    }

    @Test
    @Order(2)
    void the_python_sample_hears_the_audit_over_the_broker_as_a_user_of_its_own() {
        trial.sample("denial-listener", "/root/denial-listener.kpk");
        assertThat(shell("kepm:log-level plugins Information").code()).isZero();
        assertThat(trial.exec("kepm", "plugin", "install", "/root/denial-listener.kpk").both())
                .contains("denial-listener 1.0.0 is Healthy");
        trial.waitFor(
                "it to be connected",
                () -> trial.exec("kepm", "mqtt", "clients").out().contains("denial-listener"));
        trial.waitFor("it to listen", () -> trial.logs().contains("listening"));
        assertThat(trial.as("alice", "sudo", "-n", "id").code()).isEqualTo(1);
        trial.waitFor("a denial heard", () -> trial.logs().contains("1 denials heard"));
        for (String id : List.of("denial-counter", "denial-listener")) {
            trial.waitFor(
                    "what it counted to be seen",
                    () -> status(id).matches("(?s).*\"detail\":\"[1-9]\\d* denials heard\".*"));
            assertThat(trial.exec("kepm", "plugin", "list").out())
                    .containsPattern(id + " .* Healthy +[1-9]\\d* denials heard");
        }

        String before = process("denial-listener");
        assertThat(trial.sh("stat -c %U /proc/" + before).out()).isEqualTo("kepm-plugin\n");
        assertThat(trial.exec("kepm", "plugin", "stop", "denial-listener").code()).isZero();
        assertThat(status("denial-listener")).contains("Stopped");
        assertThat(trial.sh("pgrep -f listener.py").out()).isEmpty();
        assertThat(trial.exec("kepm", "plugin", "start", "denial-listener").code()).isZero();
        String started = process("denial-listener");
        trial.sh("kill -9 " + started);
        trial.waitFor(
                "it to be started again",
                () ->
                        !process("denial-listener").equals(started)
                                && status("denial-listener").contains("Healthy"));
        assertThat(trial.exec("kepm", "plugin", "restart", "denial-listener").code()).isZero();
        trial.waitFor(
                "it to be connected again",
                () -> trial.exec("kepm", "mqtt", "clients").out().contains("denial-listener"));
    }

    private static String process(String id) {
        return trial.json(status(id)).path("processId").asText();
    }

    @Test
    @Order(3)
    void a_killed_agent_leaves_no_process_of_a_plugin_and_the_next_one_starts_it_again() {
        String before = process("denial-listener");
        trial.kill();
        trial.start();
        trial.waitFor(
                "it to be connected again",
                () -> trial.exec("kepm", "mqtt", "clients").out().contains("denial-listener"));

        assertThat(process("denial-listener")).isNotEqualTo(before);
        assertThat(trial.sh("pgrep -fc listener.py").out()).isEqualTo("1\n");
    }

    @Test
    @Order(2)
    void a_new_skeleton_of_each_kind_builds_and_becomes_healthy_once_it_is_signed()
            throws Exception {
        for (String[] kind :
                new String[][] {{"fresh", "", ".jar"}, {"fresh-process", "--executable", ".kpk"}}) {
            String file = "/root/skeleton/" + kind[0] + "/" + kind[0] + kind[2];
            Result built =
                    trial.sh(
                            "mkdir -p /root/skeleton && cd /root/skeleton && kepm plugin new "
                                    + kind[1]
                                    + " "
                                    + kind[0]
                                    + " && "
                                    + kind[0]
                                    + "/build.sh && base64 -w0 "
                                    + file
                                    + " > /root/skeleton/built");
            assertThat(built.code()).as(built.both()).isZero();
            assertThat(trial.exec("kepm", "trust", "check", file).both()).contains("not signed");
            assertThat(trial.exec("kepm", "plugin", "install", file).both()).contains("not signed");
            trial.put(file, signed(Base64.getDecoder().decode(trial.read("/root/skeleton/built"))));
            assertThat(trial.exec("kepm", "trust", "check", file).both()).contains("trusted");
            assertThat(trial.exec("kepm", "plugin", "install", file).both())
                    .contains(kind[0] + " 1.0.0 is Healthy");
            assertThat(trial.exec("kepm", "plugin", "remove", kind[0]).code()).isZero();
        }
    }

    private static byte[] signed(byte[] jar) throws Exception {
        Path file = Files.write(Files.createTempFile("kepm-plugin", ".jar"), jar);
        Process process =
                new ProcessBuilder(
                                Trial.REPOSITORY.resolve("signing/scripts/sign-plugin").toString(),
                                file.toString())
                        .inheritIO()
                        .start();
        assertThat(process.waitFor()).isZero();
        return Files.readAllBytes(file);
    }

    @Test
    @Order(3)
    void a_part_of_the_agent_restarts_alone_and_what_others_stand_on_says_so() {
        String before = process("denial-listener");
        String door = door();
        for (String part :
                List.of(
                        "KeeperPolicy",
                        "RedirectEvaluator",
                        "KeeperLogger",
                        "KeeperJobs",
                        "KeeperShell",
                        "KeeperSudo",
                        "KeeperHttps")) {
            assertThat(trial.exec("kepm", "plugin", "restart", part).both())
                    .contains(part + ": restarted");
            trial.waitFor(
                    part + " to be there again",
                    () ->
                            // Its door goes a moment after the answer.
                            !(part.equals("KeeperHttps") && List.of("", door).contains(door()))
                                    && trial.exec("kepm", "plugin", "list")
                                            .out()
                                            .matches("(?s).*" + part + " +Agent +\\S+ +Healthy.*"));
        }
        for (String part : List.of("KeeperTrust", "KeeperStorage", "KeeperElevation")) {
            assertThat(trial.exec("kepm", "plugin", "restart", part).both())
                    .contains("io.kepm.sudo", "restart the agent");
        }
        trial.waitFor(
                "the door of sudo", () -> trial.as("alice", "sudo", "-n", "true").code() == 0);
        assertThat(process("denial-listener")).as("a plugin meanwhile").isEqualTo(before);
        assertThat(trial.exists("/run/keeper/ready")).isTrue();
        assertThat(trial.exec("kepm", "plugin", "restart", "KeeperMqtt").code()).isZero();
        trial.waitFor(
                "it to be connected again",
                () -> trial.exec("kepm", "mqtt", "clients").out().contains("denial-listener"));
    }

    /** Which socket the API has now. */
    private static String door() {
        return trial.sh("stat -c '%i %z' /run/keeper/agent.sock").out();
    }

    @Test
    @Order(3)
    void ab_69_a_version_that_fails_or_is_older_leaves_the_former_one_running() {
        assertThat(upload(plugin("up.plugin", "1.0.0", Trace.class)).out()).contains("Healthy");
        assertThat(upload(plugin("up.plugin", "1.1.0", Trace.class)).out()).contains("\"1.1.0\"");
        assertThat(upload(plugin("up.plugin", "1.2.0", Broken.class)).out())
                .contains("broken by design");
        assertThat(status("up.plugin")).contains("\"1.1.0\"", "Healthy");
        assertThat(upload(plugin("up.plugin", "1.0.0", Trace.class)).out())
                .contains("is older than 1.1.0");
        assertThat(upload(plugin("up.plugin", "1.0.9", Trace.class)).out())
                .contains("allow-downgrade");
        assertThat(status("up.plugin")).contains("\"1.1.0\"", "Healthy");
        assertThat(
                        send(
                                        plugin("up.plugin", "1.0.0", Trace.class).signed(vendor),
                                        "?allowDowngrade=true")
                                .out())
                .contains("\"1.0.0\"");
        assertThat(records("PLUGIN_REFUSED")).contains("up.plugin");
    }

    @Test
    @Order(4)
    void f11_a_plugin_that_crashes_in_a_loop_has_failed_at_its_limit_and_nothing_else_is_touched() {
        String others = process("denial-listener") + started("denial-counter");
        String agent = trial.read("/run/kepm-trial.agent");
        trial.put("/root/loop.kpk", forge.loop());
        assertThat(trial.exec("kepm", "plugin", "install", "/root/loop.kpk").both())
                .contains("loop 1.0.0 is Healthy");
        trial.waitFor("its limit", () -> status("loop").contains("Failed"));

        assertThat(status("loop")).contains("code 3");
        trial.waitFor(
                "its limit on record",
                () ->
                        records("PLUGIN_STATE_CHANGED")
                                .lines()
                                .anyMatch(
                                        line ->
                                                line.contains("\"loop\"")
                                                        && line.contains("after 2 restarts")));
        assertThat(process("denial-listener") + started("denial-counter")).isEqualTo(others);
        assertThat(trial.read("/run/kepm-trial.agent")).isEqualTo(agent);
        assertThat(trial.as("alice", "sudo", "-n", "true").code()).isZero();
        assertThat(trial.health().get("plugins")).contains("`loop` is Failed");
        assertThat(trial.exec("kepm", "plugin", "remove", "loop").code()).isZero();
    }

    private static String started(String id) {
        return trial.json(status(id)).path("lastStartTime").asText();
    }

    @Test
    @Order(4)
    void f11_of_a_plugin_that_forks_without_end_no_child_is_left_and_nothing_is_lost() {
        trial.put("/root/forks.kpk", forge.forks());
        assertThat(trial.exec("kepm", "plugin", "install", "/root/forks.kpk").both())
                .contains("forks 1.0.0 is Healthy");
        trial.waitFor("its children", () -> sleepers() > 20);
        String first = process("forks");
        assertThat(trial.as("alice", "sudo", "-n", "true").code()).as("meanwhile").isZero();
        trial.sh("kill -9 " + first);
        trial.waitFor("its next process", () -> !List.of(first, "0").contains(process("forks")));
        assertThat(trial.sh("ps -o pid= -s " + first).out()).as("of the former one").isBlank();
        trial.waitFor("its children again", () -> sleepers() > 20);

        assertThat(trial.exec("kepm", "plugin", "stop", "forks").code()).isZero();
        assertThat(sleepers()).isZero();
        assertThat(records("PLUGIN_STATE_CHANGED").lines())
                .anyMatch(line -> line.contains("\"forks\"") && line.contains("code 137"));
        assertThat(trial.exec("kepm", "audit", "verify").code()).isZero();
        assertThat(trial.exec("kepm", "plugin", "remove", "forks").code()).isZero();
    }

    private static int sleepers() {
        return Integer.parseInt(trial.sh("pgrep -fc '[s]leep 98765'").out().trim());
    }

    @Test
    @Order(4)
    void documents_are_read_again_when_that_is_asked_for_and_their_faults_are_told() {
        trial.sh("echo '{\"id\": \"other\"}' > " + PLUGINS + "/faulty.json");
        assertThat(reload()).contains("/pluginType", "faulty");
        assertThat(status("faulty")).contains("Failed");
        trial.sh("rm " + PLUGINS + "/faulty.json");
        assertThat(reload()).doesNotContain("faulty");
    }

    private static String reload() {
        return trial.exec(
                        "curl",
                        "-s",
                        "--unix-socket",
                        "/run/keeper/agent.sock",
                        "-X",
                        "POST",
                        "-H",
                        "Content-Type: application/json",
                        "-d",
                        "{}",
                        "http://kepm/api/plugins/reload")
                .out();
    }

    /** With an identity that is lent for a while; a process has Paho in {@link JobIT}. */
    @Test
    @Order(4)
    void the_client_of_another_maker_speaks_from_inside_a_bundle() throws Exception {
        Forge paho =
                PluginForge.paho(
                        plugin("paho.inside", "1.0.0", PahoInside.class)
                                .header(
                                        "Import-Package",
                                        "org.osgi.framework,io.kepm.api.messages,javax.net,javax.net.ssl")
                                .with(
                                        "KEPM-INF/paho.inside.json",
                                        """
                                        {"id": "paho.inside", "version": "1.0.0", "pluginType": "Service",
                                         "metadata": {"mqttTopics": {"publish": ["paho/said"], "subscribe": ["paho/said"]}}}
                                        """));
        Result installed = upload(paho);
        assertThat(installed.out()).as(trial.logs()).contains("Healthy");
        assertThat(trial.read("/run/kepm-paho"))
                .isEqualTo(
                        "plugin:paho.inside: heard 0, heard 1, heard 2, still heard 1, denied 128\n");
        assertThat(trial.exec("kepm", "mqtt", "denials").out())
                .contains("plugin:paho.inside", "AuditMessage");
        assertThat(trial.exec("kepm", "plugin", "remove", "paho.inside").code()).isZero();
    }

    @Test
    @Order(4)
    void a_plugin_that_would_end_or_usurp_the_agent_does_neither() {
        assertThat(upload(plugin("exits", "1.0.0", Exiting.class)).out())
                .contains("calls System.exit");
        assertThat(upload(plugin("usurps", "1.0.0", Usurper.class)).out())
                .contains("it would offer `io.kepm.api.policy.PolicyEngine`");
        assertThat(trial.exec("kepm", "status").code()).isZero();
        assertThat(shell("bundle:list -t 0 -s").out()).doesNotContain("exits", "usurps");
    }
}
