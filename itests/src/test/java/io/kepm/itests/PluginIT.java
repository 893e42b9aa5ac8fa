package io.kepm.itests;

import static io.kepm.itests.PluginForge.plugin;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kepm.itests.Trial.Result;
import io.kepm.itests.plugin.Broken;
import io.kepm.itests.plugin.Exiting;
import io.kepm.itests.plugin.PahoInside;
import io.kepm.itests.plugin.Trace;
import io.kepm.itests.plugin.Usurper;
import io.kepm.signing.forge.CmsForge;
import io.kepm.signing.forge.Forge;
import io.kepm.signing.forge.Signer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Signed plugins on the assembled agent, and everything that is no signed plugin. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PluginIT {

    private static final String PLUGINS = "/opt/keeper/sbin/Plugins";
    private static final Signer FOREIGN = PluginForge.FOREIGN;
    private static PluginForge forge;
    private static Signer vendor;
    private static Trial trial;

    @BeforeAll
    static void up() throws Exception {
        forge = new PluginForge();
        vendor = forge.vendor;
        trial = Trial.up();
    }

    @AfterAll
    static void down() {
        trial.close();
    }

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
                                    + " && lib=/opt/keeper/lib/system"
                                    + " && export API=$(echo $lib/io/kepm/api/*/api-*.jar)"
                                    + " OSGI=$(echo $lib/org/apache/felix/org.apache.felix.framework/*/*.jar)"
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
                            trial.exec("kepm", "plugin", "list")
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

    private static String process(String id) {
        return trial.json(status(id)).path("processId").asText();
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
        assertThat(records("PLUGIN_STATE_CHANGED").lines())
                .anyMatch(line -> line.contains("\"loop\"") && line.contains("after 2 restarts"));
        assertThat(process("denial-listener") + started("denial-counter")).isEqualTo(others);
        assertThat(trial.read("/run/kepm-trial.agent")).isEqualTo(agent);
        assertThat(trial.as("alice", "sudo", "-n", "true").code()).isZero();
        assertThat(trial.health().get("plugins")).contains("`loop` is Failed");
        assertThat(trial.exec("kepm", "plugin", "remove", "loop").code()).isZero();
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

    private static String started(String id) {
        return trial.json(status(id)).path("lastStartTime").asText();
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

    @Test
    @Order(5)
    void ab_65_ab_66_ab_70_ab_71_what_is_no_signed_plugin_comes_in_by_no_way() {
        trial.sh("rm -f /run/kepm-trace");
        Map<String, PluginForge.Bad> bad = forge.bad();
        bad.forEach(
                (name, each) -> {
                    trial.put("/root/" + name + ".jar", each.jar());
                    assertThat(send(each.jar(), "").out())
                            .as(name)
                            .contains("\"status\":422", each.reason());
                    assertThat(shell("bundle:install -s file:/root/" + name + ".jar").both())
                            .as(name)
                            .contains("signed digest list", each.reason());
                    trial.sh("cp /root/" + name + ".jar " + PLUGINS + "/");
                });
        trial.waitFor(
                "what was dropped to be set aside",
                () ->
                        bad.keySet().stream()
                                .allMatch(
                                        name ->
                                                trial.exists(
                                                        PLUGINS + "/" + name + ".jar.refused")));
        trial.sh("rm -f " + PLUGINS + "/*.refused");

        assertThat(trial.exists("/run/kepm-trace")).isFalse();
        assertThat(shell("bundle:list -t 0 -s").out()).doesNotContain("evil");
        for (String by : List.of("the folder of plugins", "root")) {
            bad.forEach((name, each) -> recorded("PLUGIN_REFUSED", by, name, each));
        }
        bad.forEach((name, each) -> recorded("BUNDLE_REFUSED", name + ".jar", name, each));
    }

    /** Digest, reason and way of one refusal, on record. */
    private static void recorded(String type, String way, String name, PluginForge.Bad bad) {
        String sha256 = bad.sha256();
        trial.waitFor(
                type + " of " + name + " by " + way,
                () ->
                        records(type)
                                .lines()
                                .anyMatch(
                                        line ->
                                                line.contains(sha256)
                                                        && line.contains(way)
                                                        && line.contains(bad.reason())));
    }

    @Test
    @Order(6)
    void a_trusted_bundle_comes_in_by_the_shell_and_by_a_drop() {
        trial.put(
                "/root/by-shell.jar",
                plugin("by-shell", "1.0.0", Trace.class).signed(FOREIGN, vendor));
        assertThat(shell("bundle:install -s file:/root/by-shell.jar").code()).isZero();
        assertThat(shell("bundle:list -t 0 -s").out()).contains("by-shell");
        trial.put("/root/dropped.jar", plugin("dropped", "1.0.0", Trace.class).signed(vendor));
        trial.sh("cp /root/dropped.jar " + PLUGINS + "/");
        trial.waitFor("the dropped plugin", () -> status("dropped").contains("Healthy"));
        assertThat(trial.exists(PLUGINS + "/dropped.jar")).isFalse();
        trial.put("/root/old.jar", plugin("dropped", "0.9.0", Trace.class).signed(vendor));
        assertThat(trial.exec("kepm", "plugin", "remove", "dropped").code()).isZero();
        assertThat(shell("bundle:install -s file:/root/old.jar").both())
                .as("AB-69: what was here before is remembered")
                .contains("0.9.0 is older than 1.0.0");
    }

    @Test
    @Order(7)
    void alternative_signatures_let_in_and_their_removal_takes_out_at_the_next_start() {
        byte[] jar = plugin("alternative", "1.0.0", Trace.class).signed(FOREIGN);
        assertThat(send(jar, "").out()).contains("is not trusted here");
        Map<String, Signer> unfit = PluginForge.unfit();
        alternatives(
                "\""
                        + noted(FOREIGN.thumbprint("SHA-1"))
                        + "\""
                        + unfit.values().stream()
                                .map(each -> ", \"" + noted(each.thumbprint()) + "\"")
                                .collect(Collectors.joining()));
        String trusted = trial.exec("kepm", "trust", "list").both();
        assertThat(unfit.values()).allMatch(each -> trusted.contains(each.thumbprint()));
        unfit.forEach(PluginIT::refusedEverywhere);
        assertThat(send(jar, "").out()).contains("Healthy");
        assertThat(trial.health().get("trusted signers")).contains("AlternativeSignatures");
        assertThat(trial.exec("kepm", "trust", "list").both()).contains("SHA-1");
        // What the cache was told is seen too: the other plugins are there after the restart.
        assertThat(status("denial-counter")).contains("Healthy");
        alternatives("");
        trial.waitFor("the plugin to be refused", () -> status("alternative").contains("Failed"));

        assertThat(status("alternative")).contains("is not trusted here");
        assertThat(status("denial-counter")).contains("Healthy");
        assertThat(shell("bundle:list -t 0 -s").out()).doesNotContain("alternative");
        assertThat(records("PLUGIN_STATE_CHANGED")).contains("is not trusted here");
        assertThat(trial.exec("kepm", "plugin", "remove", "alternative").code()).isZero();
    }

    @Test
    @Order(8)
    void ab_66_a_signed_list_of_revocations_counts_at_once_and_after_a_restart_without_it() {
        byte[] jar = plugin("listed", "1.0.0", Trace.class).signed(vendor);
        assertThat(send(jar, "").out()).contains("Healthy");
        byte[] list =
                ("KEPM revocations\nrevision 1\n"
                                + trial.sh("sha256sum /root/upload.jar | cut -c1-64").out())
                        .getBytes(StandardCharsets.UTF_8);
        trial.put("/root/list", list);
        trial.put("/root/list.sig", CmsForge.detached(list, vendor));
        assertThat(trial.exec("kepm", "trust", "revoke", "/root/list").both())
                .contains("revision 1 is in force");
        trial.waitFor(
                "what is on the list to be gone",
                () -> !shell("bundle:list -t 0 -s").out().contains("listed"));
        trial.waitFor(
                "the list on record",
                () -> records("CONFIGURATION_CHANGED").contains("revocations"));
        trial.sh("rm /opt/keeper/sbin/revocations*");
        trial.restart();

        assertThat(send(jar, "").out()).contains("this very file was revoked");
        assertThat(trial.exec("kepm", "plugin", "remove", "listed").code()).isZero();
    }

    @Test
    @Order(9)
    void ab_66_a_signer_who_is_revoked_is_stopped_at_once() {
        signedPrograms();
        assertThat(sudo("tool")).contains("denies it").doesNotContain("not known");
        assertThat(sudo("large")).contains("not known: the file is larger than 16 MiB");
        assertThat(sudo("plain")).contains("plain ran");
        assertThat(
                        trial.exec("kepm", "policy", "explain", "-u", "alice", "--", "/opt/a/tool")
                                .out())
                .contains("DENY")
                .contains("+ CertificationCheck: compared by thumbprint");
        trial.sh(
                "echo "
                        + vendor.thumbprint()
                        + " > /opt/keeper/sbin/revoked; chmod 0640 /opt/keeper/sbin/revoked");
        trial.waitFor(
                "the plugins of the revoked signer to be gone",
                () -> {
                    String list = shell("bundle:list -t 0 -s").out();
                    return !list.contains("denial-counter") && !list.contains("by-shell");
                });
        trial.waitFor(
                "the process of the revoked signer to be gone",
                () -> status("denial-listener").contains("Failed"));
        assertThat(trial.sh("pgrep -f listener.py").out()).isEmpty();
        assertThat(upload(plugin("late", "1.0.0", Trace.class)).out()).contains("was revoked");
        trial.waitFor(
                "the revocation on record",
                () -> records("BUNDLE_REFUSED").contains("was revoked"));
        assertThat(trial.exec("kepm", "status").code()).isEqualTo(0);
        assertThat(sudo("tool")).as("denied as before").contains("denies it").contains("revoked");
        assertThat(records("POLICY_EVALUATION")).contains("signer_unknown");
    }

    /** Three that alice may run, apart from what the vendor signed. */
    private static void signedPrograms() {
        trial.sh("mkdir -p /opt/a && printf '#!/bin/sh\necho plain ran\n' > /opt/a/plain");
        trial.sh("cp /opt/a/plain /opt/a/tool && cp /opt/a/plain /opt/a/large");
        trial.sh("truncate -s 16777217 /opt/a/large && chmod 0755 /opt/a/*");
        byte[] tool = trial.read("/opt/a/tool").getBytes(StandardCharsets.UTF_8);
        trial.put("/opt/a/tool.sig", CmsForge.detached(tool, vendor));
        trial.put("/opt/a/large.sig", CmsForge.detached(tool, vendor));
        trial.policy("a.json", Policies.deny("a", "alice", "/opt/a/*").replace("DENY", "ALLOW"));
        trial.policy("d.json", Policies.signed("d", "alice", "/**", "DENY", vendor.thumbprint()));
    }

    private static String sudo(String program) {
        return trial.as("alice", "sudo", "-n", "/opt/a/" + program).both();
    }

    private static void refusedEverywhere(String reason, Signer signer) {
        byte[] jar = plugin("unfit", "1.0.0", Trace.class).signed(signer);
        assertThat(send(jar, "").out()).contains(reason);
        assertThat(shell("bundle:install -s file:/root/upload.jar").both()).contains(reason);
        trial.sh("cp /root/upload.jar " + PLUGINS + "/unfit.jar");
        trial.waitFor("the refusal", () -> trial.exists(PLUGINS + "/unfit.jar.refused"));
        trial.sh("rm " + PLUGINS + "/unfit.jar.refused");
        PluginForge.Bad bad = new PluginForge.Bad(reason, jar);
        recorded("PLUGIN_REFUSED", "the folder of plugins", "unfit", bad);
        recorded("PLUGIN_REFUSED", "root", "unfit", bad);
        recorded("BUNDLE_REFUSED", "upload.jar", "unfit", bad);
    }

    /** As other tools write it: in capitals, with colons. */
    private static String noted(String thumbprint) {
        return thumbprint.toUpperCase(java.util.Locale.ROOT).replaceAll("(?<=.)(?=(..)+$)", ":");
    }

    private static void alternatives(String list) {
        trial.sh(
                "cd /opt/keeper/sbin && jq '.Settings.AlternativeSignatures = ["
                        + list
                        + "]' appsettings.json > /root/new && cat /root/new > appsettings.json");
        trial.restart();
    }

    private static Result upload(Forge forge) {
        return send(forge.signed(vendor), "");
    }

    private static Result send(byte[] jar, String query) {
        trial.put("/root/upload.jar", jar);
        return trial.exec(
                "curl",
                "-s",
                "--unix-socket",
                "/run/keeper/agent.sock",
                "-H",
                "Content-Type: application/java-archive",
                "--data-binary",
                "@/root/upload.jar",
                "http://kepm/api/plugins" + query);
    }

    private static String status(String id) {
        return trial.exec(
                        "curl",
                        "-s",
                        "--unix-socket",
                        "/run/keeper/agent.sock",
                        "http://kepm/api/plugins/" + id)
                .out();
    }

    private static String records(String type) {
        StringBuilder all = new StringBuilder();
        for (JsonNode record : trial.audit("--type", type)) {
            all.append(record).append('\n');
        }
        return all.toString();
    }

    private static Result shell(String line) {
        return trial.exec("kepm", "shell", "--", line);
    }
}
