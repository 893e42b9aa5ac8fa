package io.kepm.audit.log;

import io.kepm.api.log.LogLevel;
import io.kepm.api.log.LogLevels;
import java.util.function.Supplier;

/**
 * Has the level of the log follow its setting. A level that somebody gave for the time being stays
 * when another setting changes. Safe for use by many threads.
 */
final class LevelSetting {

    private final Supplier<LogLevel> setting;
    private final LogLevels levels;
    private LogLevel followed;

    LevelSetting(Supplier<LogLevel> setting, LogLevels levels) {
        this.setting = setting;
        this.levels = levels;
        followed = levels.level(LogLevels.DEFAULT);
    }

    /** Looks at the setting; whoever changed a setting calls it. */
    synchronized void follow() {
        LogLevel now = setting.get();
        if (now != followed) {
            followed = now;
            levels.set(LogLevels.DEFAULT, now);
        }
    }
}
