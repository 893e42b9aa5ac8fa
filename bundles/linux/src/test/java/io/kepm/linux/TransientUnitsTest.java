package io.kepm.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Units of a real systemd, as {@link SystemdScopesTest} has it. */
class TransientUnitsTest {

    private static final Map<String, List<String>> SAID = new HashMap<>();

    @BeforeAll
    static void inside() throws Exception {
        String supervisor = NativeLauncher.build("supervise").toString();
        String trial = "io.kepm.linux.UnitTrial " + supervisor;
        String line =
                SystemdWorld.java(trial + " leave")
                        + " > /run/left || true; "
                        + SystemdWorld.java(
                                trial + " found runs ends recorded refusals late await");
        for (String said : SystemdWorld.sh(line)) {
            String[] parts = said.split(": ", 2);
            SAID.computeIfAbsent(parts[0], step -> new ArrayList<>()).add(parts[1]);
        }
    }

    @Test
    void ab_13_pid_1_starts_it_with_the_ordered_rights_and_nothing_else() {
        assertThat(SAID.get("runs"))
                .containsExactly(
                        "obstacle none",
                        "parent is systemd's supervisor true",
                        "in its unit true",
                        "unit user daemon",
                        "output daemon daemon 0022 / A=b",
                        "end exit 3",
                        "login 1001");
    }

    @Test
    void ab_93_pid_1_ends_all_of_it_when_its_time_is_over_and_so_does_the_agent() {
        assertThat(SAID.get("ends"))
                .containsExactly(
                        "time signal 15", "asked signal 15", "killed unknown 0", "left []");
    }

    @Test
    void what_a_command_shows_is_taken_down_and_what_cant_be_ends_it() {
        assertThat(SAID.get("recorded"))
                .containsExactly(
                        "end exit 3",
                        "taken [r 80x24, o one, o two, over]",
                        "shown [one, two]",
                        "lost unrecorded [r 80x24, o first, over]",
                        "left [] false");
    }

    @Test
    void what_cant_begin_says_why_and_leaves_nothing() {
        assertThat(SAID.get("refusals"))
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("no user refused:"),
                        line ->
                                assertThat(line)
                                        .startsWith("no program refused:")
                                        .contains("can't be run"),
                        line -> assertThat(line).startsWith("twice refused: the service manager"),
                        line -> assertThat(line).isEqualTo("cancelled left []"));
    }

    @Test
    void what_is_told_not_to_have_begun_does_not_begin_later() {
        assertThat(SAID.get("late"))
                .containsExactly("refused []", "may have begun true", "output []");
    }

    @Test
    void ab_92_a_command_outlives_an_agent_that_is_killed_and_ends_with_its_time() {
        assertThat(SAID.get("found")).containsExactly("present [orphan]");
        assertThat(SAID.get("await")).containsExactly("ended without an agent true");
    }
}
