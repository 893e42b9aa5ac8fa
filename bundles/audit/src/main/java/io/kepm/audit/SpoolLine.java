package io.kepm.audit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditType;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A record that somebody wrote down while there was no audit: one line of JSON whose members are
 * named as in the record itself.
 *
 * <pre>{"event_time":"2026-11-25T10:00:00Z","audit_event_type":"BUNDLE_REFUSED",
 * "outcome":"REFUSED","reason":"not signed","target_info":{"path":"/tmp/x.jar"},
 * "details":{"sha256":"…"}}</pre>
 *
 * The first three are required; {@code user_info} ({@code name}, {@code uid}) and {@code
 * target_info} ({@code path}, {@code argv}, {@code run_as}) may follow. Anything else is refused.
 */
final class SpoolLine {

    /** Characters of a line; a longer one would be a record that no store takes. */
    static final int LONGEST = 256 * 1024;

    private static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(4)
                                    .maxNumberLength(20)
                                    .maxStringLength(16 * 1024)
                                    .build())
                    .build();

    private SpoolLine() {}

    /**
     * The record of a line.
     *
     * @param origin where the line stood, kept in the record
     * @throws IllegalArgumentException when it is no such line
     */
    static AuditDraft parse(String line, String origin) {
        if (line.length() > LONGEST) {
            throw new IllegalArgumentException("a line of more than 256 KiB");
        }
        Map<String, Object> members;
        try (JsonParser parser = FACTORY.createParser(line)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("not an object");
            }
            members = object(parser);
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException("something follows after the end");
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("not well-formed", e);
        }
        AuditDraft.Builder builder =
                AuditDraft.of(
                        type(required(members, "audit_event_type")), required(members, "outcome"));
        builder.time(time(required(members, "event_time")));
        builder.reason(text(members, "reason"));
        user(part(members, "user_info"), builder);
        target(part(members, "target_info"), builder);
        Map<String, Object> details = part(members, "details");
        new ArrayList<>(details.keySet()).forEach(key -> builder.detail(key, text(details, key)));
        nothingElse(members);
        return builder.detail("adopted_from", origin).build();
    }

    /** A year that the store can't count to would fail the records of others with it. */
    private static Instant time(String text) {
        try {
            Instant time = Instant.parse(text);
            int year = time.atOffset(ZoneOffset.UTC).getYear();
            if (year >= 0 && year <= 9999) {
                return time;
            }
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("`event_time` is no instant", e);
        }
        throw new IllegalArgumentException("`event_time` is of no year that there is");
    }

    private static AuditType type(String name) {
        try {
            return AuditType.valueOf(name);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("`audit_event_type` is none that there is", e);
        }
    }

    private static void user(Map<String, Object> user, AuditDraft.Builder builder) {
        if (!user.isEmpty()) {
            Object uid = user.remove("uid");
            builder.user(
                    AuditDraft.UserInfo.of(
                            text(user, "name"), uid instanceof Long number ? number : -1L));
            nothingElse(user);
        }
    }

    private static void target(Map<String, Object> target, AuditDraft.Builder builder) {
        if (!target.isEmpty()) {
            List<String> argv = new ArrayList<>();
            if (target.remove("argv") instanceof List<?> list) {
                list.forEach(argument -> argv.add(argument.toString()));
            }
            String path = required(target, "path");
            builder.target(new AuditDraft.TargetInfo(path, argv, "", "", text(target, "run_as")));
            nothingElse(target);
        }
    }

    private static String required(Map<String, Object> members, String name) {
        String text = text(members, name);
        if (text.isEmpty()) {
            throw new IllegalArgumentException("`" + name + "` is missing");
        }
        return text;
    }

    private static String text(Map<String, Object> members, String name) {
        Object value = members.remove(name);
        if (value == null) {
            return "";
        }
        if (value instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("`" + name + "` is not a text");
    }

    private static Map<String, Object> part(Map<String, Object> members, String name) {
        Object value = members.remove(name);
        if (value == null) {
            return new LinkedHashMap<>();
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> part = new LinkedHashMap<>();
            map.forEach((key, member) -> part.put(key.toString(), member));
            return part;
        }
        throw new IllegalArgumentException("`" + name + "` is not an object");
    }

    private static void nothingElse(Map<String, Object> members) {
        if (!members.isEmpty()) {
            throw new IllegalArgumentException("a member that no record has");
        }
    }

    private static Map<String, Object> object(JsonParser parser) throws IOException {
        Map<String, Object> members = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            members.put(name, value(parser, parser.nextToken()));
        }
        return members;
    }

    private static Object value(JsonParser parser, JsonToken token) throws IOException {
        return switch (token) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> {
                List<Object> list = new ArrayList<>();
                JsonToken next = parser.nextToken();
                while (next != JsonToken.END_ARRAY) {
                    list.add(value(parser, next));
                    next = parser.nextToken();
                }
                yield list;
            }
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case VALUE_STRING -> parser.getText();
            default -> throw new IllegalArgumentException("a value of an unknown kind");
        };
    }
}
