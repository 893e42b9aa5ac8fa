package io.kepm.itests;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The limits of one source, as the agent is shipped, with real sudo. */
class LimitsIT {

    private static Trial trial;

    @BeforeAll
    static void up() {
        trial = Trial.upWithLimits();
        trial.policy("p.json", Policies.allow("p1", "alice", "/usr/bin/true", ""));
        trial.as("bob", "true");
    }

    @AfterAll
    static void down() {
        trial.close();
    }

    /** AB-138: ten refusals in a row cut a user off, in every session, and nobody else. */
    @Test
    void ab_138_ten_refusals_in_a_row_cut_one_user_off_and_it_is_on_record() {
        assertThat(trial.as("alice", "sudo", "-n", "true").code()).isZero();
        for (int i = 0; i < 10; i++) {
            assertThat(trial.as("alice", "sudo", "-n", "id").both()).contains("no policy allows");
        }
        Trial.Result cut = trial.as("alice", "sudo", "-n", "true");
        assertThat(cut.code()).isEqualTo(1);
        assertThat(cut.both()).contains("in a row were refused").contains("works again in 5 min");
        Trial.Result bob = trial.as("bob", "sudo", "-n", "true");
        assertThat(bob.both()).contains("no policy allows");
        assertThat(trial.audit("--type", "CIRCUIT_OPENED")).hasSize(1);
        // Who has a right of his own keeps it, and gets round no policy by it.
        trial.otherUser("dora");
        trial.write("/etc/sudoers.d/dora", "dora ALL=(ALL) NOPASSWD: ALL\n", "0440");
        trial.policy("d.json", Policies.deny("never", "dora", "/usr/bin/env"));
        String often = "for i in $(seq 12); do sudo -n env; done >/dev/null 2>&1; sudo -n ";
        assertThat(trial.as("dora", "bash", "-c", often + "id -u").out()).isEqualTo("0\n");
        Trial.Result never = trial.as("dora", "sudo", "-n", "env");
        assertThat(never.code()).isEqualTo(1);
        assertThat(never.both()).contains("in a row were refused");
        // A service of ours is no way round it.
        assertThat(trial.as("alice", "kepm", "run", "--", "true").both()).contains("in a row");
    }
}
