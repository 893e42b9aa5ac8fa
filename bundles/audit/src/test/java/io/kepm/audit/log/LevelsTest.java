package io.kepm.audit.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.log.LogLevel;
import io.kepm.api.log.LogLevels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

class LevelsTest {

    private final List<Map<String, String>> told = new ArrayList<>();
    private final Levels levels =
            new Levels(LogLevel.WARNING, now -> told.add(Backend.configuration(now)));

    @Test
    void a_level_is_for_a_component_and_all_below_it() {
        levels.set("policy", LogLevel.DEBUG);
        levels.set("policy.PolicyFolder", LogLevel.ERROR);
        assertThat(levels.level("policy")).isEqualTo(LogLevel.DEBUG);
        assertThat(levels.level("io.kepm.policy.Evaluator")).isEqualTo(LogLevel.DEBUG);
        assertThat(levels.level("io.kepm.policy.PolicyFolder")).isEqualTo(LogLevel.ERROR);
        assertThat(levels.level("policyx")).isEqualTo(LogLevel.WARNING);
        levels.set(LogLevels.DEFAULT, LogLevel.ERROR);
        assertThat(levels.level("sudo")).isEqualTo(LogLevel.ERROR);
    }

    @Test
    void the_library_hears_of_every_change() {
        levels.set("policy", LogLevel.DEBUG);
        levels.set("io.kepm", LogLevel.TRACE);
        assertThat(told).hasSize(2);
        assertThat(told.get(1))
                .containsEntry("log4j2.rootLogger.level", "WARN")
                .containsEntry("log4j2.logger.agent.name", "io.kepm")
                .containsEntry("log4j2.logger.agent.level", "TRACE")
                .containsEntry("log4j2.logger.own1.name", "io.kepm.policy")
                .containsEntry("log4j2.logger.own1.level", "DEBUG");
    }

    @Test
    void ab_109_libraries_never_print_what_passes_through_them() {
        levels.set("org.eclipse.jetty", LogLevel.TRACE);
        assertThat(told.get(0))
                .containsEntry("log4j2.logger.library1.name", "org.eclipse.jetty")
                .containsEntry("log4j2.logger.library1.level", "INFO");
    }

    @Test
    void a_name_that_no_component_can_have_is_refused() {
        for (String bad : List.of("", "a b", "a\n", "${x}", "a..b", ".a", "x".repeat(100), "ü")) {
            assertThatThrownBy(() -> levels.set(bad, LogLevel.DEBUG))
                    .as(bad)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        for (int i = 0; i < 99; i++) {
            levels.set("c" + i, LogLevel.DEBUG);
        }
        assertThatThrownBy(() -> levels.set("more", LogLevel.DEBUG)).hasMessageContaining("100");
        SortedMap<String, LogLevel> all = levels.levels();
        assertThat(all).hasSize(100).doesNotContainKey("more");
    }
}
