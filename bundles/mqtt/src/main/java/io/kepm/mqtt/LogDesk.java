package io.kepm.mqtt;

import io.kepm.api.json.Fields;
import io.kepm.api.log.LogIntake;
import io.kepm.api.log.LogLevel;
import io.kepm.api.log.LogRecord;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Takes what is published to {@code KeeperLogger} into the log. A line always says which component
 * it came from: its logger begins with {@code plugin.ID} or {@code job.ID.RUN}. Never blocks.
 */
final class LogDesk {

    static final int MOST_BYTES = 64 << 10;

    private static final int TEXT = 16_384;
    private static final int NAME = 128;
    private static final int MOST_FIELDS = 15;
    private static final Pattern LOGGER = Pattern.compile("[A-Za-z0-9_$-]+(\\.[A-Za-z0-9_$-]+)*");

    private final LogIntake log;

    LogDesk(LogIntake log) {
        this.log = log;
    }

    /**
     * Takes one record.
     *
     * @return why it is dropped; empty when it is not
     */
    String take(String client, byte[] payload) {
        if (payload.length > MOST_BYTES) {
            return "a log record is longer than " + MOST_BYTES + " bytes";
        }
        Map<String, Object> members;
        try {
            members = JsonText.read(payload);
        } catch (JsonText.Unreadable e) {
            return String.valueOf(e.getMessage());
        }
        Fields fields = new Fields(members);
        Instant time = time(fields);
        Optional<LogLevel> level = LogLevel.of(fields.requiredText("level", 16));
        if (level.isEmpty()) {
            fields.fault("level", "none of Trace, Debug, Information, Warning, Error, Critical");
        }
        String logger = fields.requiredText("logger", NAME);
        if (!LOGGER.matcher(logger).matches()) {
            fields.fault("logger", "not words joined by dots");
        }
        String message = fields.requiredText("message", TEXT);
        Map<String, String> more = more(fields, Optional.ofNullable(members.get("fields")));
        if (!fields.faults().isEmpty()) {
            Fields.Fault first = fields.faults().get(0);
            return first.place() + ": " + first.detail();
        }
        more.put("component", client);
        log.log(
                new LogRecord(
                        time,
                        level.orElse(LogLevel.INFORMATION),
                        client.replace(':', '.') + "." + logger,
                        message,
                        new TreeMap<>(more)));
        return "";
    }

    private static Instant time(Fields fields) {
        try {
            return OffsetDateTime.parse(fields.requiredText("timestamp", 64)).toInstant();
        } catch (DateTimeException e) {
            fields.fault("timestamp", "not a time with an offset: 2026-11-23T10:15:00.123Z");
            return Instant.EPOCH;
        }
    }

    private static Map<String, String> more(Fields fields, Optional<Object> value) {
        TreeMap<String, String> more = new TreeMap<>();
        if (!fields.has("fields")) {
            return more;
        }
        Fields inner = fields.object("fields");
        if (value.orElse("") instanceof Map<?, ?> members) {
            if (members.size() > MOST_FIELDS) {
                fields.fault("fields", "more than " + MOST_FIELDS);
                return more;
            }
            for (Object name : members.keySet()) {
                String key = String.valueOf(name);
                inner.text(key, TEXT).ifPresent(text -> more.put(key, text));
            }
        }
        return more;
    }
}
