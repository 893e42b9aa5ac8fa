package io.kepm.itests;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.itests.Trial.Result;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * Debian 13 with sudo-rs, which has no plugins, beside classic sudo; both read the same sudoers.
 */
class SudoRsIT {

    private static final String SUDO_RS = "/usr/lib/cargo/bin/sudo";
    private static final List<String> BOTH = List.of("/usr/bin/sudo", "/usr/bin/sudo-rs");
    private static final String LATER = "/usr/local/bin/sudo-later";
    private static final String DROP_IN = "/etc/sudoers.d/kepm";
    private static final String EFFECT = "/usr/local/sbin/effect";
    private static Trial trial;

    /** As the two packages come. */
    @Nested
    class BesideClassicSudo {

        @BeforeAll
        static void up() {
            prepare();
        }

        @AfterAll
        static void down() {
            trial.close();
        }

        @Test
        void sudo_rs_is_set_uid_and_not_what_sudo_means_here() {
            assertThat(trial.exec("readlink", "-f", "/usr/bin/sudo-rs").out().strip())
                    .isEqualTo(SUDO_RS);
            assertThat(trial.exec("stat", "-c", "%U %a", SUDO_RS).out()).isEqualTo("root 4755\n");
            assertThat(trial.exec("sudo", "--version").out()).startsWith("Sudo version 1.9.16");
        }

        @Test
        void ab_132_the_canary_names_it_and_the_drop_in_does_not_become_active() {
            canarySays("unhealthy", SUDO_RS);
            assertThat(trial.exists(DROP_IN)).isFalse();
        }

        @Test
        void ab_132_the_governed_user_gets_nothing_though_a_policy_allows_it() {
            for (String sudo : BOTH) {
                refused("alice", sudo);
            }
        }

        @Test
        void others_keep_what_sudoers_gives_them_and_root_its_own() {
            for (String sudo : BOTH) {
                runs("bob", sudo);
                runs("root", sudo);
            }
        }

        @Test
        void ab_132_a_drop_in_by_hand_is_stopped_by_the_gate_and_removed_by_the_agent() {
            trial.stop();
            trial.sh("cp -a /etc/pam.d/sudo /root/pam");
            try {
                trial.write(DROP_IN, "%kepm-users ALL=(ALL) NOPASSWD: ALL\n", "0440");
                for (String sudo : BOTH) {
                    refused("alice", sudo);
                }
                // Nothing else stood in the way of the second one.
                trial.sh("sed -i /pam_kepm_gate/d /etc/pam.d/sudo");
                runs("alice", "/usr/bin/sudo-rs");
            } finally {
                trial.sh("cp -a /root/pam /etc/pam.d/sudo");
                trial.start();
            }
            trial.waitFor("the drop-in to go", () -> !trial.exists(DROP_IN));
        }
    }

    /** There, but without power. */
    @Nested
    class WithoutItsSetUidBit {

        @BeforeAll
        static void up() {
            prepare();
            trial.exec("chmod", "u-s", SUDO_RS);
            trial.restart();
            trial.waitFor("the drop-in", () -> trial.exists(DROP_IN));
        }

        @AfterAll
        static void down() {
            trial.close();
        }

        @Test
        void the_canary_passes_and_an_allowed_command_runs_through_classic_sudo() {
            canarySays("healthy", "/usr/bin/sudo");
            runs("alice", "/usr/bin/sudo");
            refused("alice", "/usr/bin/sudo-rs");
            Result other = trial.as("alice", "sudo", "-n", EFFECT, "other");
            assertThat(other.code()).as(other.both()).isEqualTo(1);
            assertThat(other.both()).contains("no policy allows this");
        }

        @Test
        void ab_132_one_that_is_installed_later_takes_the_drop_in_away() {
            trial.sh("install -m 4755 " + SUDO_RS + " /root/sudo && mv /root/sudo " + LATER);
            try {
                trial.waitFor("the drop-in to go", () -> !trial.exists(DROP_IN));
                canarySays("unhealthy", LATER);
                refused("alice", LATER);
                refused("alice", "/usr/bin/sudo");
            } finally {
                trial.exec("rm", LATER);
                trial.waitFor("the drop-in to be back", () -> trial.exists(DROP_IN));
            }
        }
    }

    private static void prepare() {
        trial =
                Trial.up(
                        Map.of(
                                "KEPM_BASE",
                                DebianBase.trixie(),
                                "KEPM_STATE",
                                "/run/kepm-itests-13"));
        trial.write(EFFECT, "#!/bin/sh\necho \"$(id -u) $*\" >> /root/effects\n", "0755");
        trial.as("alice", "true");
        trial.policy("p.json", Policies.allow("p1", "alice", EFFECT, "\"allowed\""));
        trial.otherUser("bob");
        trial.write("/etc/sudoers.d/bob", "bob ALL=(ALL) NOPASSWD: ALL\n", "0440");
    }

    private static void canarySays(String level, String program) {
        trial.waitFor(
                "a canary that is " + level + " for " + program,
                () -> {
                    String now = trial.health().getOrDefault("sudo canary", "");
                    return now.startsWith(level + ": ") && now.contains(program);
                });
    }

    private static void runs(String user, String sudo) {
        trial.sh("rm -f /root/effects");
        Result result = trial.as(user, sudo, "-n", EFFECT, "allowed");
        assertThat(result.code()).as("%s by %s: %s", user, sudo, result.both()).isZero();
        assertThat(trial.read("/root/effects")).as("%s by %s", user, sudo).isEqualTo("0 allowed\n");
    }

    private static void refused(String user, String sudo) {
        trial.sh("rm -f /root/effects");
        Result result = trial.as(user, sudo, "-n", EFFECT, "allowed");
        assertThat(result.code()).as("%s by %s: %s", user, sudo, result.both()).isNotZero();
        assertThat(trial.exists("/root/effects")).as("%s by %s", user, sudo).isFalse();
    }
}
