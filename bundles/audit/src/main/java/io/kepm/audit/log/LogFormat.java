package io.kepm.audit.log;

import io.kepm.api.audit.CanonicalJson;
import io.kepm.api.log.LogLevel;
import io.kepm.api.log.LogRecord;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** How an escaped record looks on a line; the line end is not part of it. */
enum LogFormat {
    TEXT {
        @Override
        String line(LogRecord escaped) {
            return time(escaped) + " " + word(escaped.level()) + " " + said(escaped);
        }
    },
    JSON {
        @Override
        String line(LogRecord escaped) {
            Map<String, Object> json = new TreeMap<>();
            json.put("level", escaped.level().word());
            json.put("logger", escaped.logger());
            json.put("message", escaped.message());
            if (!escaped.fields().isEmpty()) {
                json.put("fields", escaped.fields());
            }
            // The time comes first in either format: that is how the day of a file is found.
            return "{\"time\":\"" + time(escaped) + "\"," + CanonicalJson.of(json).substring(1);
        }
    };

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSX", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    abstract String line(LogRecord escaped);

    /** Who says what, for readers that keep time and level beside it. */
    static String said(LogRecord escaped) {
        String logger = escaped.logger();
        StringBuilder text = new StringBuilder(logger.substring(logger.lastIndexOf('.') + 1));
        text.append(": ").append(escaped.message());
        escaped.fields()
                .forEach(
                        (name, value) -> text.append(" | ").append(name).append('=').append(value));
        return text.toString();
    }

    static String time(LogRecord record) {
        return TIME.format(record.time());
    }

    /** All of one width. */
    private static String word(LogLevel level) {
        return switch (level) {
            case TRACE -> "TRACE";
            case DEBUG -> "DEBUG";
            case INFORMATION -> "INFO ";
            case WARNING -> "WARN ";
            case ERROR -> "ERROR";
            case CRITICAL -> "CRIT ";
        };
    }

    static LogFormat of(String setting) {
        return setting.equals("json") ? JSON : TEXT;
    }
}
