package io.kepm.api.log;

import java.util.Locale;
import java.util.Optional;

/** How much a line matters, from what only its author reads to what somebody must act on. */
public enum LogLevel {
    TRACE,
    DEBUG,
    INFORMATION,
    WARNING,
    ERROR,
    CRITICAL;

    /** As it stands in settings and records: {@code Trace} to {@code Critical}. */
    public String word() {
        return name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
    }

    /** The level of a word, whatever its case. */
    public static Optional<LogLevel> of(String word) {
        for (LogLevel level : values()) {
            if (level.name().equals(word.toUpperCase(Locale.ROOT))) {
                return Optional.of(level);
            }
        }
        return Optional.empty();
    }
}
