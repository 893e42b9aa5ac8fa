package io.kepm.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Scopes of a real systemd, which this machine need not run under: the tests start one of their own
 * over the machine's files. Skipped, with the reason, where that can't be had.
 */
class SystemdScopesTest {

    private static final Map<String, List<String>> SAID = new HashMap<>();

    /** One boot for all: each step's words stand behind its name. */
    @BeforeAll
    static void inside() throws Exception {
        String await = java("await \"$(sed -n 's/^leave: pid //p' /run/left)\"");
        String line =
                java("expiry longer anew end refusals")
                        + "; "
                        + java("leave")
                        + " > /run/left || true; "
                        + await;
        for (String said : SystemdWorld.sh(line)) {
            String[] parts = said.split(": ", 2);
            SAID.computeIfAbsent(parts[0], step -> new ArrayList<>()).add(parts[1]);
        }
    }

    @Test
    void ab_93_pid_1_ends_a_whole_tree_when_its_time_is_over_a_session_of_its_own_included() {
        assertThat(SAID.get("expiry"))
                .containsExactly(
                        "means SERVICE_MANAGER",
                        "in the scope true",
                        "present [0a1b-limit]",
                        "ended by the manager true",
                        "left []");
    }

    @Test
    void ab_92_it_does_so_when_the_agent_was_killed() {
        assertThat(SAID.get("await")).containsExactly("ended without an agent true");
    }

    @Test
    void the_time_of_a_scope_can_be_moved_while_it_runs() {
        assertThat(SAID.get("longer"))
                .containsExactly(
                        "lives after its former time true",
                        "ended by the manager at the new one true",
                        "one that is gone there is no `kepm-grant-more.scope`",
                        "left of it false");
    }

    @Test
    void a_manager_that_reads_its_files_again_or_starts_anew_keeps_every_limit() {
        assertThat(SAID.get("anew"))
                .containsExactly(
                        "after a reload true",
                        "after a new start true",
                        "another one true",
                        "ended by the manager true",
                        "left []");
    }

    @Test
    void what_is_ended_early_is_asked_and_killed_after_the_grace() {
        assertThat(SAID.get("end"))
                .containsExactly("killed after the grace true", "killed at once true", "left []");
    }

    @Test
    void a_process_that_is_not_the_one_meant_gets_no_scope_and_says_why() {
        assertThat(SAID.get("refusals"))
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("another process refused"),
                        line -> assertThat(line).startsWith("dead refused: the service manager"),
                        line -> assertThat(line).startsWith("twice refused: the service manager"));
    }

    private static String java(String words) {
        return SystemdWorld.java("io.kepm.linux.SystemdTrial " + words);
    }
}
