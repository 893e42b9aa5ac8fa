package io.kepm.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the assembled agent shows to the machine: sockets, files, memory. */
class ListenersIT {

    private static Trial trial;

    @BeforeAll
    static void up() {
        trial = Trial.up();
        // The broker opens after the doors that the agent's readiness waits for.
        trial.waitFor("the broker", () -> trial.health().get("mqtt").contains("open on"));
    }

    @AfterAll
    static void down() {
        trial.close();
    }

    @Test
    void ab_43_exactly_the_three_ports_listen_on_loopback_and_nothing_else() {
        List<String> listening =
                trial.sh(
                                "ss -Hltnp | grep -F \"pid=$(cat /run/kepm-trial.agent),\" | awk '{print $4}' | sort")
                        .out()
                        .lines()
                        .toList();
        assertThat(listening)
                .containsExactlyInAnyOrder("127.0.0.1:6888", "127.0.0.1:6889", "127.0.0.1:8675");
        assertThat(
                        trial.sh("ss -Hlunp | grep -cF \"pid=$(cat /run/kepm-trial.agent),\"")
                                .out()
                                .trim())
                .isEqualTo("0");
    }

    @Test
    void health_answers_over_verified_tls_and_6888_only_redirects() {
        Trial.Result health =
                trial.exec(
                        "curl",
                        "-s",
                        "--cacert",
                        "/run/keeper/agent.crt",
                        "https://localhost:6889/health");
        assertThat(health.out())
                .contains("\"status\":\"healthy\"")
                .contains("timestamp")
                .contains("version");
        Trial.Result redirect =
                trial.exec(
                        "curl",
                        "-s",
                        "-o",
                        "/dev/null",
                        "-w",
                        "%{http_code} %{redirect_url}",
                        "http://localhost:6888/api/audit");
        assertThat(redirect.out()).isEqualTo("308 https://localhost:6889/api/audit");
        assertThat(
                        trial.sh(
                                        "curl -s -o /dev/null -w '%{http_code}' -X POST -d '{}' http://localhost:6888/api/evaluate")
                                .out())
                .isEqualTo("403");
    }

    @Test
    void ab_40_another_host_name_is_misdirected_and_audit_needs_an_identity() {
        assertThat(
                        trial.exec(
                                        "curl",
                                        "-sk",
                                        "-o",
                                        "/dev/null",
                                        "-w",
                                        "%{http_code}",
                                        "-H",
                                        "Host: evil.example",
                                        "https://127.0.0.1:6889/health")
                                .out())
                .isEqualTo("421");
        assertThat(
                        trial.exec(
                                        "curl",
                                        "-sk",
                                        "-o",
                                        "/dev/null",
                                        "-w",
                                        "%{http_code}",
                                        "https://127.0.0.1:6889/api/audit")
                                .out())
                .isEqualTo("401");
    }

    @Test
    void every_health_check_is_healthy_on_a_fresh_agent() {
        trial.waitFor(
                "the first looks",
                () -> trial.health().values().stream().allMatch(s -> s.startsWith("healthy")));
        Map<String, String> checks = trial.health();
        assertThat(checks)
                .containsKeys("storage", "audit", "policy set", "sudo canary", "file permissions");
        assertThat(checks.values()).allMatch(state -> state.startsWith("healthy"), "healthy");
    }

    @Test
    void ab_72_no_default_user_no_ssh_no_management_and_no_deployer_is_shipped() {
        assertThat(
                        trial.sh(
                                        "find /opt/keeper -name users.properties -o -name keys.properties -o -name deploy")
                                .out())
                .isEmpty();
        assertThat(
                        trial.sh(
                                        "find /opt/keeper/lib/system -name '*ssh*' -o -name '*management*' -o -name '*deployer*' -o -name '*webconsole*'")
                                .out())
                .isEmpty();
    }

    @Test
    void ab_33_keys_are_roots_alone_and_the_store_is_no_plain_text() {
        trial.as("alice", "sudo", "-n", "/usr/bin/id", "canary-of-the-store");
        assertThat(
                        trial.exec(
                                        "stat",
                                        "-c",
                                        "%U %a",
                                        "/opt/keeper/sbin/KeeperStorage/.master.key")
                                .out()
                                .trim())
                .isEqualTo("root 400");
        assertThat(trial.sh("grep -rlF canary-of-the-store /opt/keeper/sbin/KeeperStorage").out())
                .isEmpty();
        assertThat(trial.as("alice", "ls", "/opt/keeper/sbin/KeeperStorage").code()).isNotZero();
        assertThat(trial.as("alice", "ls", "/opt/keeper/sbin/policies").code()).isNotZero();
    }

    @Test
    void ab_76_nobody_can_attach_to_the_agent() {
        String pid = trial.read("/run/kepm-trial.agent").strip();
        // As a tool does that wants to attach: a file that asks for it, then the signal.
        String ask = "touch /tmp/.attach_pid" + pid + "; kill -QUIT " + pid;
        trial.as("alice", "true");
        assertThat(trial.as("alice", "sh", "-c", ask).code()).isNotZero();
        assertThat(trial.sh("rm -f /tmp/.attach_pid" + pid + "; " + ask + "; sleep 1").code())
                .isZero();
        assertThat(
                        trial.sh(
                                        "ls -d /tmp/hsperfdata_root /tmp/.java_pid*"
                                                + " /proc/"
                                                + pid
                                                + "/root/tmp/.java_pid* 2>/dev/null")
                                .out())
                .isEmpty();
        assertThat(trial.exec("kepm", "status").code()).isZero();
    }

    @Test
    void ab_76_how_the_agent_is_started_is_fixed_and_leaves_no_memory_on_a_disk() {
        String proc = "/proc/" + trial.read("/run/kepm-trial.agent").strip();
        assertThat(trial.sh("tr '\\0' ' ' < " + proc + "/cmdline").out())
                .contains("-XX:+DisableAttachMechanism")
                .contains("-XX:-UsePerfData")
                .contains("-XX:-HeapDumpOnOutOfMemoryError")
                .contains("-XX:-CreateCoredumpOnCrash")
                .doesNotContain("-javaagent", "-agentlib", "-agentpath", "jdwp");
        assertThat(trial.sh("grep '^Max core file size' " + proc + "/limits").out())
                .matches("Max core file size +0 +0 +bytes\\s*");
        assertThat(trial.sh("tr '\\0' '\\n' < " + proc + "/environ").out())
                .doesNotContain("JAVA", "JDK", "CLASSPATH");
        for (String variable : List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS")) {
            assertThat(
                            trial.sh(
                                            "timeout 120 env "
                                                    + variable
                                                    + "=-javaagent:/root/evil.jar"
                                                    + " /opt/keeper/sbin/KeeperPrivilegeManager"
                                                    + " -javaagent:/root/evil.jar")
                                    .both())
                    .contains("unknown argument `-javaagent:/root/evil.jar`")
                    .doesNotContain("Picked up", "Error opening zip");
        }
    }

    @Test
    void a_second_agent_on_the_same_store_is_refused() {
        Trial.Result second =
                trial.sh("timeout 120 /opt/keeper/sbin/KeeperPrivilegeManager; echo code=$?");
        assertThat(trial.exists("/run/keeper/ready")).isTrue();
        assertThat(second.out()).doesNotContain("code=0");
        assertThat(trial.as("alice", "sudo", "-n", "true").both())
                .contains("no policy allows this");
    }

    @Test
    void ab_142_it_starts_with_tmp_and_run_mounted_noexec_and_loads_nothing_from_there() {
        trial.sh(
                "mount -o remount,noexec /tmp; mount -o remount,noexec /var/tmp; mount -o remount,noexec /run");
        trial.restart();
        assertThat(
                        trial.sh(
                                        "grep -E ' /(tmp|var/tmp|run)/' /proc/$(cat /run/kepm-trial.agent)/maps")
                                .out())
                .isEmpty();
        assertThat(trial.health().get("storage")).startsWith("healthy");
    }
}
