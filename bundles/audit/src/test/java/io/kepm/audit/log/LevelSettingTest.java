package io.kepm.audit.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.log.LogLevel;
import io.kepm.api.log.LogLevels;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class LevelSettingTest {

    private final AtomicReference<LogLevel> setting = new AtomicReference<>(LogLevel.WARNING);
    private final Levels levels = new Levels(LogLevel.WARNING, all -> {});
    private final LevelSetting following = new LevelSetting(setting::get, levels);

    @Test
    void the_level_follows_its_setting() {
        setting.set(LogLevel.DEBUG);
        following.follow();
        assertThat(levels.level(LogLevels.DEFAULT)).isEqualTo(LogLevel.DEBUG);
    }

    @Test
    void a_level_for_the_time_being_stays_when_another_setting_changes() {
        levels.set(LogLevels.DEFAULT, LogLevel.TRACE);
        following.follow();
        assertThat(levels.level(LogLevels.DEFAULT)).isEqualTo(LogLevel.TRACE);
    }
}
