package io.kepm.https;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditPlace;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.audit.AuditType;
import io.kepm.api.storage.StorageException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reading the audit, and checking its chain. */
final class AuditActions {

    private static final Set<String> KNOWN =
            Set.of("type", "user", "target", "request", "from", "to", "after", "limit", "order");
    private static final int DEFAULT_LIMIT = 100;

    private final AuditLog audit;

    AuditActions(AuditLog audit) {
        this.audit = audit;
    }

    Answer list(Call call) throws StorageException {
        List<Answer.Fault> faults = new ArrayList<>();
        Map<String, String> query = call.query();
        for (String name : query.keySet()) {
            if (!KNOWN.contains(name)) {
                faults.add(new Answer.Fault("?" + shown(name), "unknown parameter"));
            }
        }
        int limit = (int) number(query, "limit", DEFAULT_LIMIT, 1, 1000, faults);
        AuditQuery asked =
                new AuditQuery(
                        types(query, faults),
                        Optional.ofNullable(query.get("user")),
                        Optional.ofNullable(query.get("target")),
                        Optional.ofNullable(query.get("request")),
                        instant(query, "from", faults),
                        instant(query, "to", faults),
                        number(query, "after", 0, 0, Long.MAX_VALUE, faults),
                        limit,
                        newestFirst(query, faults));
        if (!faults.isEmpty()) {
            return Answer.invalid(faults);
        }
        List<AuditEntry> items = audit.query(asked);
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("items", items);
        body.put("next", items.size() < limit ? Optional.empty() : items.get(limit - 1).seq());
        body.put("limit", (long) limit);
        return Answer.ok(body).noted(items.size() + " records read");
    }

    Answer verify(Call call) throws StorageException {
        List<Answer.Fault> faults = new ArrayList<>();
        Optional<AuditPlace> anchor = anchor(call.query(), faults);
        if (!faults.isEmpty()) {
            return Answer.invalid(faults);
        }
        AuditLog.Verification verification = audit.verify(anchor);
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("intact", verification.intact());
        body.put("records", verification.records());
        body.put("head", verification.head());
        body.put("firstBad", verification.firstBad());
        body.put("anchored", verification.anchored());
        body.put("first", verification.first());
        body.put("checkpoints", verification.checkpoints());
        return Answer.ok(body).noted(verification.intact() ? "intact" : verification.firstBad());
    }

    /** A record that is known from outside: {@code ?anchor=SEQ:HASH}. */
    private static Optional<AuditPlace> anchor(
            Map<String, String> query, List<Answer.Fault> faults) {
        String text = query.getOrDefault("anchor", "");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        int colon = text.indexOf(':');
        if (colon < 1
                || !text.substring(0, colon).matches("[0-9]{1,18}")
                || !text.substring(colon + 1).matches("[0-9a-f]{64}")) {
            faults.add(new Answer.Fault("?anchor", "not the number of a record, `:` and its hash"));
            return Optional.empty();
        }
        return Optional.of(
                new AuditPlace(
                        Long.parseLong(text.substring(0, colon)), text.substring(colon + 1)));
    }

    private static List<String> types(Map<String, String> query, List<Answer.Fault> faults) {
        String text = query.getOrDefault("type", "");
        if (text.isEmpty()) {
            return List.of();
        }
        List<String> types = Arrays.asList(text.toUpperCase(Locale.ROOT).split(",", -1));
        for (String type : types) {
            if (Arrays.stream(AuditType.values()).noneMatch(known -> known.name().equals(type))) {
                faults.add(new Answer.Fault("?type", "no record type `" + shown(type) + "`"));
            }
        }
        return types;
    }

    private static boolean newestFirst(Map<String, String> query, List<Answer.Fault> faults) {
        String order = query.getOrDefault("order", "desc").toLowerCase(Locale.ROOT);
        if (!order.equals("desc") && !order.equals("asc")) {
            faults.add(new Answer.Fault("?order", "neither `desc` nor `asc`"));
        }
        return order.equals("desc");
    }

    private static Optional<Instant> instant(
            Map<String, String> query, String name, List<Answer.Fault> faults) {
        String text = query.getOrDefault(name, "");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException e) {
            faults.add(new Answer.Fault("?" + name, "not an instant such as 2026-11-23T10:15:00Z"));
            return Optional.empty();
        }
    }

    private static long number(
            Map<String, String> query,
            String name,
            long absent,
            long min,
            long max,
            List<Answer.Fault> faults) {
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
        faults.add(new Answer.Fault("?" + name, "not a number from " + min + " to " + max));
        return absent;
    }

    private static String shown(String text) {
        return text.length() > 64 ? text.substring(0, 64) + "…" : text;
    }
}
