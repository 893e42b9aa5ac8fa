package io.kepm.itests;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.itests.Trial.Result;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a caller brings along to a sudo, and how he spells it: it gets him nothing more. */
class CallersMeansIT {

    private static final String EFFECT = Rows.EFFECT;

    private static Trial trial;

    @BeforeAll
    static void up() {
        trial = Trial.up();
        Rows.write(trial);
        trial.as("alice", "true");
        trial.otherUser("bob");
        trial.write("/etc/sudoers.d/bob", "bob ALL=(ALL) NOPASSWD: ALL\n", "0440");
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
    void ab_132_shells_are_judged_like_every_command() {
        trial.policy("all.json", Policies.allow("one", "alice", EFFECT, "\"ready\""));
        try {
            for (List<String> shell :
                    List.of(
                            List.of("-i"),
                            List.of("-s"),
                            List.of("-s", EFFECT),
                            List.of("-i", EFFECT))) {
                String[] command =
                        java.util.stream.Stream.concat(
                                        java.util.stream.Stream.of("sudo", "-n"), shell.stream())
                                .toArray(String[]::new);
                assertThat(trial.as("alice", command).code()).as("%s", shell).isEqualTo(1);
            }
            assertThat(effects()).isEmpty();
        } finally {
            trial.policy("all.json", Policies.everything("all", "alice"));
        }
    }

    @Test
    void ab_08_a_path_of_the_callers_own_is_never_searched() {
        trial.sh("install -d -o alice /home/alice/bin");
        trial.write("/home/alice/bin/effect", "#!/bin/sh\ntouch /root/evil\n", "0755");
        for (String path : List.of("/home/alice/bin:/usr/bin", ".:/usr/bin", ":/usr/bin")) {
            String line = "cd /home/alice/bin && PATH=" + path + " /usr/bin/sudo -n effect found";
            Result result = trial.as("alice", "bash", "-c", line);
            assertThat(result.code()).as(result.both()).isZero();
        }
        assertThat(trial.exists("/root/evil")).isFalse();
        assertThat(effects()).isEqualTo("0 0 found\n".repeat(3));
    }

    @Test
    void ab_12_what_runs_has_a_terminal_of_its_own_and_types_nothing_into_the_callers() {
        trial.write(
                "/usr/local/sbin/inject",
                """
                #!/usr/bin/python3
                import fcntl, os, termios
                for name in ("/dev/stdin", "/dev/tty"):
                    try:
                        with open(name) as terminal:
                            for byte in b"typed\\n":
                                fcntl.ioctl(terminal, termios.TIOCSTI, bytes([byte]))
                    except OSError as error:
                        print("not typed", error)
                print("inner", os.ttyname(1))
                """,
                "0755");
        Result result =
                trial.onTerminal(
                        "alice",
                        "nobody asks this",
                        "",
                        "bash",
                        "-c",
                        "echo outer $(tty); sudo /usr/local/sbin/inject;"
                                + " read -r -t 1 line; echo got=[$line]");
        assertThat(result.both()).contains("got=[]").contains("inner /dev/pts/");
        String outer = result.both().replaceAll("(?s).*outer (/dev/pts/\\d+).*", "$1");
        assertThat(result.both()).doesNotContain("inner " + outer + "\r");
    }

    @Test
    void ab_13_what_runs_inherits_no_descriptor_umask_or_tracer() {
        trial.write(
                "/usr/local/sbin/inherits",
                "#!/bin/sh\nfor n in 3 4 5 6 7 8 9; do"
                        + " readlink /proc/self/fd/$n >> /root/inherited; done; umask >>"
                        + " /root/inherited; true\n",
                "0755");
        trial.sh("rm -f /root/inherited");
        Result result =
                trial.as(
                        "alice",
                        "bash",
                        "-c",
                        "umask 000; exec 3</etc/hostname 5</home 9</etc/passwd;"
                                + " sudo -n /usr/local/sbin/inherits");
        assertThat(result.code()).as(result.both()).isZero();
        assertThat(trial.read("/root/inherited"))
                .doesNotContain("hostname", "/home", "passwd")
                .endsWith("0022\n");
        if (trial.exec("test", "-x", "/usr/bin/strace").code() == 0) {
            trial.as("alice", "strace", "-f", "-o", "/dev/null", "sudo", "-n", EFFECT, "traced");
            assertThat(effects()).isEmpty();
        }
    }

    @Test
    void ab_07_ab_130_the_environment_is_scrubbed_or_refused_even_under_a_sites_own_defaults() {
        trial.write("/usr/local/sbin/show-env", "#!/bin/sh\nenv > /root/env\n", "0755");
        trial.write("/etc/sudoers.d/site", "Defaults !env_reset\nDefaults setenv\n", "0440");
        try {
            for (List<String> attempt :
                    List.of(
                            List.of("LD_PRELOAD=/tmp/p.so"),
                            List.of("-E"),
                            List.of("--preserve-env=LD_PRELOAD,BASH_ENV"),
                            List.of("BASH_ENV=/tmp/x", "PS4=x"))) {
                trial.sh("rm -f /root/env");
                List<String> command =
                        new java.util.ArrayList<>(
                                List.of(
                                        "env",
                                        "LD_PRELOAD=/tmp/p.so",
                                        "BASH_ENV=/tmp/evil",
                                        "PYTHONPATH=/tmp",
                                        "FOO=bar",
                                        "sudo",
                                        "-n"));
                command.addAll(attempt);
                command.add("/usr/local/sbin/show-env");
                trial.as("alice", command.toArray(String[]::new));
                if (trial.exists("/root/env")) {
                    assertThat(trial.read("/root/env"))
                            .as("%s", attempt)
                            .doesNotContain("LD_PRELOAD=")
                            .doesNotContain("BASH_ENV=")
                            .doesNotContain("PYTHONPATH=")
                            .doesNotContain("FOO=");
                }
            }
        } finally {
            trial.sh("rm /etc/sudoers.d/site");
        }
    }

    @Test
    void
            ab_130_site_defaults_for_a_run_as_user_or_a_command_that_take_ours_back_close_the_drop_in() {
        for (String defaults :
                List.of("Defaults>root !env_reset", "Defaults!/usr/bin/env fdexec=never")) {
            trial.write("/etc/sudoers.d/site", defaults + "\n", "0440");
            try {
                trial.waitFor("the drop-in to go", () -> !trial.exists("/etc/sudoers.d/kepm"));
            } finally {
                trial.sh("rm /etc/sudoers.d/site");
                dropInIsActive();
            }
        }
    }

    @Test
    void ab_131_groups_hosts_roots_and_directories_of_the_callers_choice_are_refused() {
        for (List<String> attempt :
                List.of(
                        List.of("-g", "shadow"),
                        List.of("-u", "bob", "-g", "disk"),
                        List.of("-R", "/tmp"),
                        List.of("-D", "/tmp"),
                        List.of("-h", "elsewhere"),
                        List.of("-P"),
                        List.of("-T", "10"),
                        List.of("-r", "sysadm_r"),
                        List.of("-C", "9"),
                        List.of("-u", "#-1"),
                        List.of("-u", "#4294967295"))) {
            List<String> command = new java.util.ArrayList<>(List.of("sudo", "-n"));
            command.addAll(attempt);
            command.addAll(List.of(EFFECT, "x"));
            Result result = trial.as("alice", command.toArray(String[]::new));
            assertThat(result.code()).as("%s: %s", attempt, result.both()).isNotZero();
        }
        assertThat(effects()).isEmpty();
    }

    @Test
    void
            ab_22_a_working_directory_in_another_mount_namespace_never_stands_for_the_path_it_is_called() {
        trial.write(
                "/usr/local/bin/foreign",
                """
                #!/bin/bash
                # A namespace where another program, and another file, lie under trusted names; then sudo from inside.
                # What an earlier call left would say ready before this namespace is: the real folder was walked into.
                rm -f ~/ready
                printf '#!/bin/sh\necho foreign >> /root/effects\n' > ~/evil && chmod 755 ~/evil
                unshare -Urm bash -c 'mount --bind ~/evil /usr/bin/uptime && mount --bind /etc/shadow /etc/motd
                    echo ready; exec sleep 30' > ~/ready &
                until grep -q ready ~/ready; do sleep 0.1; done
                cd "/proc/$!/root/$1" && shift && exec "$@"
                """,
                "0755");
        trial.policy(
                "edit.json", Policies.allow("edit", "alice", "/usr/bin/sudoedit", "\"/etc/motd\""));
        try {
            trial.sh("echo hello > /etc/motd");
            Result run = trial.as("alice", "foreign", "usr/bin", "sudo", "-n", "./uptime");
            assertThat(run.code()).as(run.both()).isNotZero();
            assertThat(effects()).isEmpty();
            trial.write("/usr/local/bin/ed-show", "#!/bin/sh\ncat \"$1\"\n", "0755");
            Result edit =
                    trial.as(
                            "alice",
                            "foreign",
                            "etc",
                            "env",
                            "SUDO_EDITOR=/usr/local/bin/ed-show",
                            "sudo",
                            "-n",
                            "-e",
                            "motd");
            assertThat(edit.both()).doesNotContain("root:");
            assertThat(edit.code()).as(edit.both()).isNotZero();
        } finally {
            trial.sh("rm -f /opt/keeper/sbin/policies/edit.json");
        }
    }

    @Test
    void nobody_gets_round_a_deny_by_an_option_or_a_spelling_of_their_own_choice() {
        trial.policy("deny.json", Policies.deny("never", "bob", EFFECT));
        try {
            for (List<String> attempt :
                    List.of(
                            List.of("-P", EFFECT),
                            List.of("-E", EFFECT),
                            List.of("X=1", EFFECT),
                            List.of("/usr/local/sbin/../sbin/effect"),
                            List.of("/usr/local//sbin/effect"))) {
                List<String> command = new java.util.ArrayList<>(List.of("sudo", "-n"));
                command.addAll(attempt);
                assertThat(trial.as("bob", command.toArray(String[]::new)).code())
                        .as("%s", attempt)
                        .isNotZero();
            }
            assertThat(effects()).isEmpty();
        } finally {
            trial.sh("rm -f /opt/keeper/sbin/policies/deny.json");
            trial.waitFor(
                    "the deny to be gone",
                    () -> trial.as("bob", "sudo", "-n", EFFECT, "own").code() == 0);
        }
    }

    @Test
    void ab_02_a_huge_argument_is_refused_cleanly() {
        Result result =
                trial.as(
                        "alice",
                        "bash",
                        "-c",
                        "sudo -n "
                                + EFFECT
                                + " $(for i in $(seq 12); do head -c 100000 /dev/zero | tr '\\0' A; echo; done)");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.both()).doesNotContain("Segmentation");
        assertThat(effects()).isEmpty();
        assertThat(trial.as("alice", "sudo", "-n", EFFECT, "end\\").code()).isZero();
    }

    private static void dropInIsActive() {
        trial.waitFor("the drop-in to be back", () -> trial.exists("/etc/sudoers.d/kepm"));
    }

    private static String effects() {
        return trial.exists("/root/effects") ? trial.read("/root/effects") : "";
    }
}
