package io.kepm.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.kepm.itests.Trial.Result;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What goes wrong between sudo and the agent: the governed user gets nothing, nobody else loses
 * anything.
 */
class FailureTableIT {

    private static final String EFFECT = Rows.EFFECT;

    /** Types a line into a login shell of root on a terminal that is the machine's own. */
    private static final String CONSOLE =
            """
            import fcntl, os, pty, subprocess, sys, termios
            master, slave = pty.openpty()
            # A trial has none; what is made here is its own.
            open("/dev/console", "a").close()
            subprocess.run(["mount", "--bind", os.ttyname(slave), "/dev/console"], check=True)
            try:
                pid = os.fork()
                if pid == 0:
                    os.setsid()
                    console = os.open("/dev/console", os.O_RDWR)
                    fcntl.ioctl(console, termios.TIOCSCTTY, 0)
                    for fd in (0, 1, 2):
                        os.dup2(console, fd)
                    os.closerange(3, 64)
                    os.execvp("bash", ["bash", "--login"])
                os.close(slave)
                os.write(master, (sys.argv[1] + '; echo "left=$?"; exit\\n').encode())
                try:
                    while part := os.read(master, 65536):
                        os.write(1, part)
                except OSError:
                    pass  # It has ended.
                os.waitpid(pid, 0)
            finally:
                subprocess.run(["umount", "/dev/console"])
            """;

    private static Trial trial;

    @BeforeAll
    static void up() {
        trial = Trial.up();
        Rows.write(trial);
        trial.as("alice", "true");
        trial.otherUser("bob");
        trial.write("/etc/sudoers.d/bob", "bob ALL=(ALL) NOPASSWD: ALL\n", "0440");
        trial.otherUser("rescue", "kepm-breakglass");
    }

    @AfterAll
    static void down() {
        trial.close();
    }

    @BeforeEach
    void clean() {
        dropInIsActive();
        trial.sh("rm -f /root/effects");
        if (trial.exec("test", "-e", "/opt/keeper/sbin/policies/all.json").code() != 0) {
            trial.policy("all.json", Policies.everything("all", "alice"));
        }
        Result ready = trial.as("alice", "sudo", "-n", EFFECT, "ready");
        assertThat(ready.code()).as(ready.both() + trial.logs()).isZero();
        trial.sh("rm -f /root/effects");
    }

    @Test
    void every_cell_of_the_outcome_table_holds_by_sudo() {
        trial.policy("all.json", Policies.table(EFFECT, "alice", "bob"));
        try {
            assertThat(Rows.bySudo(trial, "alice"))
                    .isEqualTo("allow 0, ask 0, never 1, silent 1, guard 1");
            assertThat(effects()).isEqualTo("0 0 allow\n0 0 ask\n");
            trial.sh("rm /root/effects");
            assertThat(Rows.bySudo(trial, "bob"))
                    .isEqualTo("allow 0, ask 0, never 1, silent 0, guard 0");
            assertThat(effects()).isEqualTo("0 0 allow\n0 0 ask\n0 0 silent\n0 0 guard\n");
            assertThat(Rows.bySudo(trial, "root"))
                    .isEqualTo("allow 0, ask 0, never 0, silent 0, guard 0");
            String own = trial.audit("--user", "bob", "--type", "ELEVATION_STARTED").toString();
            assertThat(own).contains("OWN_RIGHT", "\"silent\"", "\"guard\"");
            assertThat(trial.audit("--user", "bob", "--type", "POLICY_EVALUATION").toString())
                    .contains("NOT_GOVERNED", "guard:unsafe-target");
            trial.waitFor(
                    "the records of root, for whom nobody waits",
                    () ->
                            trial.audit("--user", "root", "--type", "ELEVATION_STARTED")
                                    .toString()
                                    .contains("\"never\""));
        } finally {
            trial.policy("all.json", Policies.everything("all", "alice"));
        }
    }

    @Test
    void a_site_can_leave_others_nothing_where_policy_is_silent_or_the_agent_is_away() {
        trial.policy("all.json", Policies.table(EFFECT, "alice", "bob"));
        trial.sh("cp -a /opt/keeper/sbin/appsettings.json /etc/kepm/plugin.conf /root/");
        try {
            trial.sh(
                    "cd /opt/keeper/sbin && jq '.Settings.PolicyEngine.unmatchedForOthers = \"deny\"'"
                            + " /root/appsettings.json > /root/new && cat /root/new > appsettings.json");
            othersWhenDown("deny");
            trial.stop();
            assertThat(Rows.bySudo(trial, "bob"))
                    .isEqualTo("allow 1, ask 1, never 1, silent 1, guard 1");
            assertThat(Rows.bySudo(trial, "root"))
                    .isEqualTo("allow 0, ask 0, never 0, silent 0, guard 0");
            othersWhenDown("os");
            assertThat(Rows.bySudo(trial, "alice"))
                    .isEqualTo("allow 1, ask 1, never 1, silent 1, guard 1");
            assertThat(Rows.bySudo(trial, "bob"))
                    .isEqualTo("allow 0, ask 0, never 0, silent 0, guard 0");
            trial.start();
            dropInIsActive();
            // The guard's program is one of which policy is silent as well.
            assertThat(Rows.bySudo(trial, "bob"))
                    .isEqualTo("allow 0, ask 0, never 1, silent 1, guard 1");
            assertThat(Rows.bySudo(trial, "alice"))
                    .isEqualTo("allow 0, ask 0, never 1, silent 1, guard 1");
            assertThat(Rows.bySudo(trial, "root"))
                    .isEqualTo("allow 0, ask 0, never 0, silent 0, guard 0");
        } finally {
            trial.sh(
                    "cat /root/appsettings.json > /opt/keeper/sbin/appsettings.json;"
                            + " cat /root/plugin.conf > /etc/kepm/plugin.conf");
            trial.restart();
            trial.policy("all.json", Policies.everything("all", "alice"));
        }
    }

    private static void othersWhenDown(String word) {
        trial.sh(
                "sed -i '/^othersWhenDown/d' /etc/kepm/plugin.conf;"
                        + " echo 'othersWhenDown = "
                        + word
                        + "' >> /etc/kepm/plugin.conf");
    }

    @Test
    void with_the_agent_stopped_only_the_governed_user_is_refused() {
        trial.stop();
        try {
            governedGetsNothingOthersKeepTheirs("agent is not reachable");
        } finally {
            trial.start();
        }
    }

    @Test
    void ab_111_with_the_agent_frozen_only_the_governed_user_is_refused() {
        trial.sh("kill -STOP $(cat /run/kepm-trial.agent)");
        try {
            governedGetsNothingOthersKeepTheirs("agent is not reachable");
        } finally {
            trial.sh("kill -CONT $(cat /run/kepm-trial.agent)");
        }
    }

    @Test
    void ab_111_when_memory_ends_the_agent_is_not_what_is_ended_first() {
        assumeThat(trial.sh("echo -1 >/proc/self/oom_score_adj").code())
                .as("root here has CAP_SYS_RESOURCE")
                .isZero();
        assertThat(
                        trial.read(
                                "/proc/"
                                        + trial.read("/run/kepm-trial.agent").trim()
                                        + "/oom_score_adj"))
                .isEqualTo("-900\n");
    }

    /** Outside of control groups the kernel shares a processor out by session, sched(7). */
    @Test
    void ab_140_who_opens_many_sessions_leaves_the_agent_its_share() {
        assumeThat(trial.sh("setsid sh -c 'echo -1 >/proc/self/autogroup'").code())
                .as("a kernel with autogroups, and CAP_SYS_NICE")
                .isZero();
        String agent = "/proc/" + trial.read("/run/kepm-trial.agent").trim() + "/autogroup";
        assertThat(trial.read(agent)).endsWith(" nice -15\n");
        assertThat(trial.as("alice", "cat", "/proc/self/autogroup").out()).endsWith(" nice 0\n");
    }

    @Test
    void an_agent_that_talks_nonsense_is_no_agent() {
        trial.stop();
        trial.write(
                "/root/nonsense.py",
                """
                import os, socket, sys
                path = "/run/keeper/decide.sock"
                if os.path.exists(path): os.unlink(path)
                s = socket.socket(socket.AF_UNIX); s.bind(path); s.listen(8)
                open("/root/nonsense.up", "w").close()
                while True:
                    c, _ = s.accept(); c.recv(65536); c.sendall(b"\\x00\\x00\\x00\\x09op=allowx"); c.close()
                """,
                "0700");
        trial.sh("setsid python3 /root/nonsense.py >/dev/null 2>&1 & echo $! > /root/nonsense.pid");
        try {
            trial.waitFor("the false agent", () -> trial.exists("/root/nonsense.up"));
            governedGetsNothingOthersKeepTheirs("the agent did not decide");
        } finally {
            trial.sh(
                    "kill $(cat /root/nonsense.pid); rm -f /root/nonsense.up /run/keeper/decide.sock");
            trial.start();
        }
    }

    @Test
    void ab_137_a_socket_planted_by_a_user_is_no_agent() {
        trial.stop();
        trial.write(
                "/home/alice/planted.py",
                """
                import socket
                s = socket.socket(socket.AF_UNIX); s.bind("/tmp/planted.sock"); s.listen(8)
                while True:
                    c, _ = s.accept(); c.recv(65536); c.sendall(b"\\x00\\x00\\x00\\x0dop=allow\\x00g=1\\x00"); c.close()
                """,
                "0644");
        trial.sh(
                "setsid setpriv --reuid alice --regid alice --clear-groups python3 /home/alice/planted.py"
                        + " >/dev/null 2>&1 & echo $! > /root/planted.pid");
        trial.waitFor("the planted socket", () -> trial.exists("/tmp/planted.sock"));
        try {
            // Even if such a socket came to stand in the agent's place, its owner gives it away.
            trial.sh("mv /tmp/planted.sock /run/keeper/decide.sock");
            governedGetsNothingOthersKeepTheirs("agent is not reachable");
            assertThat(trial.as("alice", "bash", "-c", "echo x > /run/keeper/x").code())
                    .isNotZero();
        } finally {
            trial.sh("kill $(cat /root/planted.pid); rm -f /run/keeper/decide.sock");
            trial.start();
        }
    }

    @Test
    void break_glass_members_run_loudly_when_the_agent_is_away_and_are_governed_by_nobody_else() {
        trial.sh("sed -i 's/^breakglass_users.*/breakglass_users = rescue/' /etc/kepm/plugin.conf");
        trial.write("/etc/sudoers.d/rescue", "rescue ALL=(ALL) NOPASSWD: ALL\n", "0440");
        trial.stop();
        try {
            Result result = trial.as("rescue", "sudo", "-n", EFFECT, "glass");
            assertThat(result.code()).as(result.both()).isZero();
            assertThat(result.both()).containsIgnoringCase("break-glass");
            assertThat(trial.as("alice", "sudo", "-n", EFFECT, "meanwhile").code()).isNotZero();
        } finally {
            trial.start();
        }
        trial.waitFor(
                "the adoption of what ran meanwhile",
                () ->
                        trial.audit("--type", "ELEVATION_STARTED")
                                .toString()
                                .contains("adopted_from"));
        assertThat(trial.audit("--type", "ELEVATION_STARTED").toString())
                .contains("BREAK_GLASS", "rescue");
        // What nobody could be asked about, and was refused.
        trial.waitFor(
                "the adoption of what was refused meanwhile",
                () ->
                        trial.audit("--type", "ELEVATION_REFUSED")
                                .toString()
                                .contains("UNASKED_REFUSED"));
    }

    /** With the agent away, as it is when somebody needs it. */
    @Test
    void ab_106_root_at_the_console_sets_the_agent_aside_on_record_and_ends_that() {
        trial.write("/root/console.py", CONSOLE, "0644");
        try {
            setAsideAndBack();
        } finally {
            // Else no other story of this class has a rule for its users.
            trial.sh("rm -f /etc/sudoers.d/kepm.set-aside");
        }
    }

    private static void setAsideAndBack() {
        String glass = "kepm break-glass -m 'it denies everybody'";
        trial.stop();
        try {
            assertThat(trial.exec("script", "-qec", glass, "/dev/null").both())
                    .contains("only at the machine's own console");
            assertThat(trial.exists("/etc/sudoers.d/kepm")).isTrue();
            assertThat(atConsole(glass))
                    .contains("On record, and told.", "Governed users have no sudo now", "left=0");
        } finally {
            trial.start();
        }
        assertThat(trial.audit("--type", "ADMIN_ACTION").toString())
                .contains("BREAK_GLASS", "it denies everybody", "/dev/console", "adopted_from");
        trial.waitFor("the canary", () -> trial.health().get("sudo canary").contains("set aside"));
        assertThat(trial.exists("/etc/sudoers.d/kepm")).isFalse();
        assertThat(trial.as("alice", "sudo", "-n", EFFECT, "x").code()).isNotZero();
        assertThat(effects()).isEmpty();
        assertThat(atConsole("kepm break-glass --over -m 'it was repaired'"))
                .contains("puts the rule of governed users back", "left=0");
        dropInIsActive();
    }

    private static String atConsole(String line) {
        return trial.exec("python3", "/root/console.py", line).both();
    }

    @Test
    void without_the_plugin_file_all_sudo_fails_closed() {
        trial.sh("mv /usr/libexec/kepm/kepm_sudo.so /root/kept.so");
        try {
            assertThat(trial.as("alice", "sudo", "-n", EFFECT, "x").code()).isNotZero();
            assertThat(effects()).isEmpty();
        } finally {
            trial.sh("mv /root/kept.so /usr/libexec/kepm/kepm_sudo.so");
            dropInIsActive();
        }
    }

    @Test
    void
            ab_132_with_the_plugin_line_removed_the_governed_user_gets_nothing_at_once_and_the_drop_in_goes() {
        trial.sh("cp -a /etc/sudo.conf /root/sudo.conf && sed -i '/^Plugin kepm/d' /etc/sudo.conf");
        try {
            Result result = trial.as("alice", "sudo", "-n", EFFECT, "x");
            assertThat(result.code()).as(result.both()).isNotZero();
            assertThat(effects()).isEmpty();
            assertThat(trial.as("bob", "sudo", "-n", EFFECT, "own").code()).isZero();
            trial.waitFor("the drop-in to go", () -> !trial.exists("/etc/sudoers.d/kepm"));
            trial.waitFor(
                    "the canary to say so",
                    () -> trial.health().get("sudo canary").startsWith("unhealthy"));
        } finally {
            trial.sh("cp -a /root/sudo.conf /etc/sudo.conf");
            dropInIsActive();
        }
    }

    @Test
    void ab_132_a_plugin_owned_by_a_user_is_noticed_and_the_drop_in_goes() {
        trial.sh("chown alice /usr/libexec/kepm/kepm_sudo.so");
        try {
            assertThat(trial.as("alice", "sudo", "-n", EFFECT, "x").code()).isNotZero();
            trial.waitFor("the drop-in to go", () -> !trial.exists("/etc/sudoers.d/kepm"));
            assertThat(effects()).isEmpty();
        } finally {
            trial.sh("chown root /usr/libexec/kepm/kepm_sudo.so");
            dropInIsActive();
        }
    }

    @Test
    void the_decide_socket_is_for_root_alone_and_the_runtime_folder_is_roots() {
        assertThat(trial.exec("stat", "-c", "%U %a", "/run/keeper/decide.sock").out().trim())
                .isEqualTo("root 600");
        assertThat(trial.exec("stat", "-c", "%U %a", "/run/keeper").out().trim())
                .isEqualTo("root 755");
    }

    private static void governedGetsNothingOthersKeepTheirs(String text) {
        Result alice = trial.as("alice", "sudo", "-n", EFFECT, "alice");
        assertThat(alice.code()).as(alice.both()).isEqualTo(1);
        assertThat(alice.both()).contains(text);
        assertThat(effects()).isEmpty();
        Result bob = trial.as("bob", "sudo", "-n", EFFECT, "bob");
        assertThat(bob.code()).as(bob.both()).isZero();
        Result root = trial.exec("sudo", "-n", EFFECT, "root");
        assertThat(root.code()).as(root.both()).isZero();
        assertThat(effects()).isEqualTo("0 0 bob\n0 0 root\n");
    }

    private static void dropInIsActive() {
        trial.waitFor("the drop-in to be back", () -> trial.exists("/etc/sudoers.d/kepm"));
    }

    private static String effects() {
        return trial.exists("/root/effects") ? trial.read("/root/effects") : "";
    }
}
