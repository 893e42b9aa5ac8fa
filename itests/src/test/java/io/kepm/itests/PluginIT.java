package io.kepm.itests;

import static io.kepm.itests.PluginForge.plugin;
import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.itests.plugin.Trace;
import io.kepm.signing.forge.CmsForge;
import io.kepm.signing.forge.Signer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Signed plugins on the assembled agent, and everything that is no signed plugin. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PluginIT extends PluginStories {

    @Test
    @Order(5)
    void ab_65_ab_66_ab_70_ab_71_what_is_no_signed_plugin_comes_in_by_no_way() {
        trial.sh("rm -f /run/kepm-trace");
        Map<String, PluginForge.Bad> bad = forge.bad();
        bad.forEach(
                (name, each) -> {
                    assertThat(send(each.jar(), "").out())
                            .as(name)
                            .contains("\"status\":422", each.reason());
                    trial.sh("cp /root/upload.jar /root/" + name + ".jar");
                    assertThat(shell("bundle:install -s file:/root/" + name + ".jar").both())
                            .as(name)
                            .contains("signed digest list", each.reason());
                    trial.sh("cp /root/" + name + ".jar " + PLUGINS + "/");
                });
        trial.waitFor(
                "what was dropped to be set aside",
                () ->
                        trial.sh("cd " + PLUGINS + " && ls")
                                .out()
                                .lines()
                                .toList()
                                .containsAll(
                                        bad.keySet().stream()
                                                .map(name -> name + ".jar.refused")
                                                .toList()));
        trial.sh("rm -f " + PLUGINS + "/*.refused");

        assertThat(trial.exists("/run/kepm-trace")).isFalse();
        assertThat(shell("bundle:list -t 0 -s").out()).doesNotContain("evil");
        for (String by : List.of("the folder of plugins", "root")) {
            recorded("PLUGIN_REFUSED", name -> by, bad);
        }
        recorded("BUNDLE_REFUSED", name -> name + ".jar", bad);
    }

    /** Digest, reason and way of each refusal, on record. */
    private static void recorded(
            String type, UnaryOperator<String> way, Map<String, PluginForge.Bad> bad) {
        Set<String> missing = new TreeSet<>(bad.keySet());
        for (int i = 0; i < 45 && !missing.isEmpty(); i++) {
            List<String> lines = records(type).lines().toList();
            missing.removeIf(
                    name ->
                            lines.stream()
                                    .anyMatch(line -> tells(line, way.apply(name), bad.get(name))));
        }
        assertThat(missing).as(type + " not on record").isEmpty();
    }

    private static boolean tells(String line, String way, PluginForge.Bad bad) {
        return line.contains(bad.sha256()) && line.contains(way) && line.contains(bad.reason());
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
        trial.waitFor("the other plugins", () -> status("denial-counter").contains("Healthy"));
        assertThat(shell("bundle:list -t 0 -s").out()).doesNotContain("alternative");
        assertThat(records("PLUGIN_STATE_CHANGED")).contains("is not trusted here");
        assertThat(trial.exec("kepm", "plugin", "remove", "alternative").code()).isZero();
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
                () ->
                        status("denial-listener").contains("Failed")
                                && trial.sh("pgrep -f listener.py").out().isEmpty());
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
        recorded("PLUGIN_REFUSED", name -> "the folder of plugins", Map.of("unfit", bad));
        recorded("PLUGIN_REFUSED", name -> "root", Map.of("unfit", bad));
        recorded("BUNDLE_REFUSED", name -> "upload.jar", Map.of("unfit", bad));
    }
}
