package io.kepm.itests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kepm.itests.Trial.Result;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Nothing runs that is not on the signed list, whichever way it comes in. */
class GuardIT {

    private static Trial trial;

    @BeforeAll
    static void up() {
        trial = Trial.up();
        trial.write(
                "/root/make_bundle.py",
                """
                import sys, zipfile
                name, extra = sys.argv[1], sys.argv[2:]
                lines = ["Manifest-Version: 1.0", "Bundle-ManifestVersion: 2", "Bundle-SymbolicName: " + name,
                         "Bundle-Version: 1.0.0", *extra, "", ""]
                with zipfile.ZipFile("/root/" + name + ".jar", "w") as jar:
                    jar.writestr("META-INF/MANIFEST.MF", "\\r\\n".join(lines))
                """,
                "0700");
    }

    @AfterAll
    static void down() {
        trial.close();
    }

    @Test
    void ab_71_an_unsigned_bundle_is_refused_at_install_and_recorded() {
        refusedAtInstall("evil.plain");
    }

    @Test
    void ab_70_fragments_of_ours_and_framework_extensions_are_refused_at_install() {
        refusedAtInstall("evil.fragment", "Fragment-Host: io.kepm.api");
        refusedAtInstall("evil.extension", "Fragment-Host: system.bundle; extension:=framework");
    }

    @Test
    void ab_71_an_update_by_other_bytes_is_refused_and_the_bundle_runs_on() {
        make("evil.update");
        Result list = shell("bundle:list -t 0 -s");
        String id =
                list.out()
                        .lines()
                        .filter(line -> line.contains("io.kepm.policy"))
                        .findFirst()
                        .map(line -> line.trim().split("\\D+")[0])
                        .orElseThrow(() -> new AssertionError(list.both()));
        Result update = shell("bundle:update " + id + " file:/root/evil.update.jar");
        assertThat(update.both()).contains("list");
        assertThat(shell("bundle:list -t 0 -s").out())
                .contains("io.kepm.policy")
                .doesNotContain("evil");
        assertThat(trial.exec("kepm", "status").code()).isZero();
    }

    @Test
    void ab_71_other_ways_of_the_karaf_shell_are_not_there() {
        for (String line :
                List.of(
                        "feature:install x",
                        "shell:exec id",
                        "exec id",
                        "dev:dynamic-import 1",
                        "config:list",
                        "kar:install x")) {
            assertThat(shell(line).code()).as(line).isNotZero();
        }
        assertThat(trial.as("alice", "kepm", "shell", "--", "kepm:status").code()).isNotZero();
    }

    @Test
    void a_changed_jar_of_the_runtime_keeps_the_agent_from_starting_and_is_named() {
        String jar = trial.sh("ls /opt/keeper/lib/system/io/kepm/policy/*/*.jar").out().trim();
        trial.stop();
        trial.sh("cp -a " + jar + " /root/kept.jar; printf x >> " + jar);
        try {
            Result start =
                    trial.sh("timeout 120 /opt/keeper/sbin/KeeperPrivilegeManager; echo code=$?");
            assertThat(start.both()).contains("policy").doesNotContain("code=0");
            assertThat(trial.as("alice", "sudo", "-n", "true").code()).isEqualTo(1);
        } finally {
            trial.sh("cp -a /root/kept.jar " + jar);
            trial.start();
        }
    }

    @Test
    void an_added_file_or_a_changed_setting_of_the_runtime_keeps_the_agent_from_starting() {
        trial.stop();
        try {
            trial.sh("touch /opt/keeper/lib/lib/extra.jar");
            assertThat(
                            trial.sh(
                                            "timeout 120 /opt/keeper/sbin/KeeperPrivilegeManager; echo code=$?")
                                    .both())
                    .contains("extra.jar")
                    .doesNotContain("code=0");
            trial.sh("rm /opt/keeper/lib/lib/extra.jar; mv /opt/keeper/lib/lib/guard.jar /root/");
            assertThat(
                            trial.sh(
                                            "timeout 120 /opt/keeper/sbin/KeeperPrivilegeManager; echo code=$?")
                                    .both())
                    .as("without the guard")
                    .doesNotContain("code=0")
                    .doesNotContain("code=124");
            trial.sh(
                    "cp -a /root/guard.jar /opt/keeper/lib/lib/; printf x >> /opt/keeper/lib/lib/guard.jar");
            assertThat(
                            trial.sh(
                                            "timeout 120 /opt/keeper/sbin/KeeperPrivilegeManager; echo code=$?")
                                    .both())
                    .as("with a guard that was changed")
                    .contains("guard.jar")
                    .doesNotContain("code=0");
            trial.sh("mv /root/guard.jar /opt/keeper/lib/lib/");
            trial.sh(
                    "cp -a /opt/keeper/lib/etc /root/etc; echo '# x' >> $(ls /opt/keeper/lib/etc/*.properties | head -1)");
            assertThat(
                            trial.sh(
                                            "timeout 120 /opt/keeper/sbin/KeeperPrivilegeManager; echo code=$?")
                                    .both())
                    .doesNotContain("code=0");
        } finally {
            trial.sh(
                    "rm -f /opt/keeper/lib/lib/extra.jar; [ -f /root/guard.jar ] && mv /root/guard.jar"
                            + " /opt/keeper/lib/lib/; [ -d /root/etc ] && cp -a /root/etc/. /opt/keeper/lib/etc/");
            trial.start();
        }
    }

    @Test
    void ab_24_a_runtime_folder_that_others_can_write_keeps_the_agent_from_starting() {
        trial.stop();
        trial.sh("chmod o+w /opt/keeper/lib/system");
        try {
            assertThat(
                            trial.sh(
                                            "timeout 120 /opt/keeper/sbin/KeeperPrivilegeManager; echo code=$?")
                                    .both())
                    .contains("/opt/keeper/lib/system")
                    .doesNotContain("code=0");
        } finally {
            trial.sh("chmod o-w /opt/keeper/lib/system");
            trial.start();
        }
    }

    @Test
    void ab_68_a_cache_that_was_changed_while_the_agent_was_down_is_made_anew() {
        trial.stop();
        String cached =
                trial.sh(
                                "find /var/lib/kepm -path '*cache*' -name bundle.jar -size +20k | sort | tail -1")
                        .out()
                        .trim();
        assertThat(cached).isNotEmpty();
        trial.sh("printf x >> " + cached);
        trial.start();
        trial.waitFor("a good health", () -> trial.exec("kepm", "status").code() == 0);
        trial.waitFor(
                "the refusal on record", () -> !trial.audit("--type", "BUNDLE_REFUSED").isEmpty());
    }

    @Test
    void kepm_dev_is_an_agent_of_a_user_which_elevates_nothing_and_says_so() {
        trial.as("alice", "true");
        trial.sh(
                "mkdir -p /srv/dev/sbin && cp -r /opt/keeper/lib /srv/dev/"
                        + " && cp /opt/keeper/sbin/KeeperPrivilegeManager /srv/dev/sbin/"
                        + " && cp -r /usr/libexec/kepm /srv/dev/libexec && chown -R alice: /srv/dev");
        trial.sh(
                "setsid runuser -u alice -- kepm dev --from /srv/dev --folder /srv/dev/w"
                        + " > /root/dev.out 2>&1 & true");
        String socket = "/srv/dev/w/run/agent.sock";
        try {
            trial.waitForMinutes("the agent of alice", () -> trial.exists("/srv/dev/w/run/ready"));
            // The broker opens after that.
            trial.waitFor(
                    "a good health",
                    () ->
                            !trial.as("alice", "kepm", "doctor", "--socket", socket)
                                    .out()
                                    .contains("  fail  "));
            Result doctor = trial.as("alice", "kepm", "doctor", "--socket", socket);
            assertThat(doctor.out()).contains("it elevates nothing").doesNotContain("  fail  ");
            assertThat(
                            trial.as(
                                            "alice",
                                            "curl",
                                            "-si",
                                            "--unix-socket",
                                            socket,
                                            "http://kepm/health")
                                    .out())
                    .contains("Kepm-Dev: an agent to try things out");
            assertThat(trial.as("alice", "kepm", "policy", "reload", "--socket", socket).code())
                    .as("it is hers")
                    .isZero();
            trial.as("bob", "true");
            assertThat(trial.as("bob", "kepm", "policy", "reload", "--socket", socket).code())
                    .as("and nobody else's")
                    .isNotZero();
            assertThat(
                            trial.sh(
                                            "timeout 120 /srv/dev/sbin/KeeperPrivilegeManager --dev"
                                                    + " /srv/dev/w")
                                    .both())
                    .contains("not for root");
        } finally {
            trial.sh("pkill -u alice -f kepm.dev=true; rm -rf /srv/dev");
        }
    }

    private static void refusedAtInstall(String name, String... headers) {
        make(name, headers);
        Result install = shell("bundle:install -s file:/root/" + name + ".jar");
        assertThat(install.both()).as(name).contains("list");
        assertThat(shell("bundle:list -t 0 -s").out()).doesNotContain(name);
        trial.waitFor(
                "the refusal of " + name + " on record",
                () ->
                        trial.audit("--type", "BUNDLE_REFUSED").stream()
                                .map(JsonNode::toString)
                                .anyMatch(text -> text.contains(name)));
    }

    private static void make(String name, String... headers) {
        StringBuilder line = new StringBuilder("python3 /root/make_bundle.py " + name);
        for (String header : headers) {
            line.append(" '").append(header).append("'");
        }
        assertThat(trial.sh(line.toString()).code()).isZero();
    }

    private static Result shell(String line) {
        return trial.exec("kepm", "shell", "--", line);
    }
}
