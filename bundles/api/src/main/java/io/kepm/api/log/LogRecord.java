package io.kepm.api.log;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One line of the log, as it was said: untrusted data that the log escapes before it goes anywhere.
 *
 * @param logger who says it, words joined by dots
 * @param fields named values beside the message
 */
public record LogRecord(
        Instant time,
        LogLevel level,
        String logger,
        String message,
        SortedMap<String, String> fields) {

    public LogRecord {
        fields = Collections.unmodifiableSortedMap(new TreeMap<>(fields));
    }

    /** A record with nothing beside the message. */
    public static LogRecord of(Instant time, LogLevel level, String logger, String message) {
        return new LogRecord(time, level, logger, message, new TreeMap<>(Map.of()));
    }
}
