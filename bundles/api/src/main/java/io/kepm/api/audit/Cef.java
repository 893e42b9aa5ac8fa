package io.kepm.api.audit;

import io.kepm.api.text.VisibleText;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A record as one line of the Common Event Format, version 0 (ArcSight, "Implementing ArcSight
 * Common Event Format", version 25). Header: bars and backslashes are escaped; extension:
 * backslashes and equal signs. What could end the line or drive a terminal is made visible.
 */
public final class Cef {

    /** Characters at most of a value, as the dictionary of CEF gives them. */
    private static final int LONGEST_VALUE = 1023;

    private static final int LONGEST_CUSTOM = 4000;

    private static final Map<String, String> KEYS =
            new TreeMap<>(
                    Map.ofEntries(
                            Map.entry("seq", "externalId"),
                            Map.entry("agent_uid", "deviceExternalId"),
                            Map.entry("outcome", "outcome"),
                            Map.entry("reason", "reason"),
                            Map.entry("user_info.name", "suser"),
                            Map.entry("user_info.uid", "suid"),
                            Map.entry("user_info.pid", "spid"),
                            Map.entry("user_info.exe", "sproc"),
                            Map.entry("target_info.path", "filePath"),
                            Map.entry("target_info.sha256", "fileHash"),
                            Map.entry("target_info.run_as", "duser")));

    /** In the order of {@code cs1} to {@code cs5}; {@code cs6} holds all that has no key. */
    private static final Map<String, String> CUSTOM =
            new TreeMap<>(
                    Map.of(
                            "hash", "cs1",
                            "target_info.argv", "cs2",
                            "policy_uid", "cs3",
                            "session_uid", "cs4",
                            "request_uid", "cs5"));

    private Cef() {}

    /**
     * The line of a record, without a line end.
     *
     * @param record as {@link FlatRecord} gives it
     */
    public static String line(SortedMap<String, String> record) {
        return line(record, LONGEST_CUSTOM);
    }

    /**
     * As {@link #line(SortedMap)}.
     *
     * @param longest characters of a value at most, from 16
     */
    public static String line(SortedMap<String, String> record, int longest) {
        SortedMap<String, String> rest = new TreeMap<>(record);
        String type = taken(rest, "audit_event_type");
        String outcome = record.getOrDefault("outcome", "");
        StringBuilder out = new StringBuilder(512).append("CEF:0|KEPM|agent|");
        out.append(header(taken(rest, "agent_version"))).append('|');
        out.append(header(type)).append('|');
        out.append(header(sentence(type))).append('|');
        out.append(Severity.of(type, outcome).cef()).append('|');
        StringBuilder extension = new StringBuilder(512);
        put(extension, "rt", time(taken(rest, "event_time")), LONGEST_VALUE);
        KEYS.forEach(
                (name, key) ->
                        put(extension, key, taken(rest, name), Math.min(longest, LONGEST_VALUE)));
        CUSTOM.forEach((name, key) -> custom(extension, key, name, taken(rest, name), longest));
        custom(
                extension,
                "cs6",
                "details",
                rest.entrySet().stream()
                        .map(entry -> entry.getKey() + ": " + entry.getValue())
                        .collect(Collectors.joining("; ")),
                longest);
        return out.append(extension.substring(Math.min(1, extension.length()))).toString();
    }

    private static String taken(SortedMap<String, String> rest, String name) {
        String value = rest.remove(name);
        return value == null ? "" : value;
    }

    /** What a type means, for the name of the event; an unknown type is its own. */
    private static String sentence(String type) {
        for (AuditType known : AuditType.values()) {
            if (known.name().equals(type)) {
                return known.sentence();
            }
        }
        return type;
    }

    /** Milliseconds since 1970; empty when it is no time. */
    private static String time(String text) {
        try {
            return Long.toString(Instant.parse(text).toEpochMilli());
        } catch (DateTimeException | ArithmeticException e) {
            return "";
        }
    }

    private static void custom(
            StringBuilder out, String key, String name, String value, int longest) {
        if (!value.isEmpty()) {
            put(out, key + "Label", name, LONGEST_VALUE);
            put(out, key, value, longest);
        }
    }

    private static void put(StringBuilder out, String key, String value, int longest) {
        if (!value.isEmpty()) {
            String escaped =
                    VisibleText.of(value, longest).replace("\\", "\\\\").replace("=", "\\=");
            out.append(' ').append(key).append('=').append(escaped);
        }
    }

    private static String header(String value) {
        return VisibleText.of(value, LONGEST_VALUE).replace("\\", "\\\\").replace("|", "\\|");
    }
}
