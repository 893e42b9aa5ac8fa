package io.kepm.https;

import io.kepm.api.audit.AuditField;
import io.kepm.api.audit.AuditFilter;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.audit.AuditType;
import io.kepm.api.audit.FilterTerm;
import io.kepm.api.audit.UnreadableFilter;
import io.kepm.api.json.Fields;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which records are asked for, read from the parameters that the list, the stream and the export
 * share. It goes on after a fault; ask {@link #faults} last. Not for use by two threads.
 */
final class AuditParameters {

    private static final Set<String> SHARED =
            Set.of("type", "user", "target", "request", "from", "to", "filter", "status");

    private static final int LAST_YEAR = 9999;

    private final Map<String, String> query;
    private final List<Fields.Fault> faults = new ArrayList<>();

    /**
     * Reads parameters.
     *
     * @param more those that one route takes beyond the shared ones
     */
    AuditParameters(Map<String, String> query, Set<String> more) {
        this.query = query;
        for (String name : query.keySet()) {
            if (!SHARED.contains(name) && !more.contains(name)) {
                fault(shown(name), "unknown parameter");
            }
        }
    }

    List<Fields.Fault> faults() {
        return faults;
    }

    void fault(String name, String detail) {
        faults.add(new Fields.Fault("?" + name, detail));
    }

    /** All but the conditions of {@link #filter}. */
    AuditQuery query(long after, int limit, boolean newestFirst) {
        return new AuditQuery(
                types(),
                Optional.ofNullable(query.get("user")),
                Optional.ofNullable(query.get("target")),
                Optional.ofNullable(query.get("request")),
                instant("from"),
                instant("to"),
                after,
                limit,
                newestFirst);
    }

    /** What {@code filter} and {@code status} ask for together. */
    AuditFilter filter() {
        return written().and(status());
    }

    /** All that is asked for as one filter, to judge records one by one. */
    AuditFilter whole() {
        AuditFilter whole =
                filter().and(exactly("user", AuditField.USER_NAME))
                        .and(exactly("target", AuditField.TARGET_PATH))
                        .and(exactly("request", AuditField.REQUEST_UID))
                        .and(bound(FilterTerm.Operator.AT_LEAST, instant("from")))
                        .and(bound(FilterTerm.Operator.AT_MOST, instant("to")));
        List<String> types = types();
        return types.isEmpty()
                ? whole
                : whole.and(AuditField.AUDIT_EVENT_TYPE.among(types.stream().distinct().toList()));
    }

    boolean newestFirst() {
        String order = query.getOrDefault("order", "desc").toLowerCase(Locale.ROOT);
        if (!order.equals("desc") && !order.equals("asc")) {
            fault("order", "neither `desc` nor `asc`");
        }
        return order.equals("desc");
    }

    long number(String name, long absent, long min, long max) {
        String text = query.getOrDefault(name, "");
        if (text.isEmpty()) {
            return absent;
        }
        if (text.matches("[0-9]{1,18}")) {
            long number = Long.parseLong(text);
            if (number >= min && number <= max) {
                return number;
            }
        }
        fault(name, "not a number from " + min + " to " + max);
        return absent;
    }

    private List<String> types() {
        String text = query.getOrDefault("type", "");
        if (text.isEmpty()) {
            return List.of();
        }
        List<String> types = Arrays.asList(text.toUpperCase(Locale.ROOT).split(",", -1));
        for (String type : types) {
            if (Arrays.stream(AuditType.values()).noneMatch(known -> known.name().equals(type))) {
                fault("type", "no record type `" + shown(type) + "`");
            }
        }
        return types;
    }

    private AuditFilter written() {
        String text = query.getOrDefault("filter", "");
        if (text.isEmpty()) {
            return AuditFilter.ALL;
        }
        try {
            return AuditFilter.parse(text);
        } catch (UnreadableFilter e) {
            fault("filter", e.line());
            return AuditFilter.ALL;
        }
    }

    private AuditFilter status() {
        String text = query.getOrDefault("status", "");
        if (text.isEmpty()) {
            return AuditFilter.ALL;
        }
        Optional<AuditFilter> filter = AuditFilter.ofStatus(text);
        if (filter.isEmpty()) {
            fault(
                    "status",
                    "neither outcomes such as DENY,REFUSED nor numbers of"
                            + " policy_evaluation_status such as 2,3");
        }
        return filter.orElse(AuditFilter.ALL);
    }

    private AuditFilter exactly(String name, AuditField field) {
        String value = query.get(name);
        return value == null ? AuditFilter.ALL : field.among(List.of(value));
    }

    @SuppressWarnings("OptionalUsedAsFieldOrParameterType")
    private static AuditFilter bound(FilterTerm.Operator operator, Optional<Instant> time) {
        return time.isEmpty()
                ? AuditFilter.ALL
                : new AuditFilter(
                        List.of(
                                new FilterTerm(
                                        AuditField.EVENT_TIME.path(),
                                        operator,
                                        List.of(FilterTerm.Word.of(time.get().toString())))));
    }

    private Optional<Instant> instant(String name) {
        String text = query.getOrDefault(name, "");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            OffsetDateTime time = OffsetDateTime.parse(text);
            if (time.getYear() >= 0 && time.getYear() <= LAST_YEAR) {
                return Optional.of(time.toInstant());
            }
        } catch (DateTimeException e) {
            // Said below, as for a year that no record has.
        }
        fault(name, "not an instant such as 2026-11-23T10:15:00Z");
        return Optional.empty();
    }

    private static String shown(String text) {
        return text.length() > 64 ? text.substring(0, 64) + "…" : text;
    }
}
