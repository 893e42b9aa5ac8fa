package io.kepm.audit.export;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.CanonicalJson;
import io.kepm.api.audit.Severity;
import io.kepm.api.audit.VisibleText;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Records as an ExportLogsServiceRequest in the JSON encoding of OTLP 1.x: names in lower camel
 * case, 64-bit integers as texts, enums as numbers. The body of a log record is the exported JSON
 * of ours as one text, so that the chain can be verified at the far end.
 */
final class OtlpLogs {

    private static final int LONGEST_VALUE = 4096;
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final List<String> ATTRIBUTES =
            List.of(
                    "seq",
                    "id",
                    "outcome",
                    "reason",
                    "user_info.name",
                    "user_info.uid",
                    "target_info.path",
                    "target_info.argv",
                    "target_info.run_as",
                    "policy_uid",
                    "request_uid",
                    "session_uid",
                    "hash");

    private final String host;
    private final String agentUid;

    OtlpLogs(String host, String agentUid) {
        this.host = host;
        this.agentUid = agentUid;
    }

    /** The body of a request. */
    byte[] of(List<AuditEntry> batch) {
        List<Object> records = new ArrayList<>(batch.size());
        batch.forEach(entry -> records.add(record(entry)));
        Map<String, Object> scope =
                Map.of("scope", Map.of("name", "io.kepm.audit"), "logRecords", records);
        Map<String, Object> resource =
                Map.of(
                        "attributes",
                        List.of(
                                attribute("service.name", "kepm"),
                                attribute("service.instance.id", agentUid),
                                attribute("host.name", host)));
        Map<String, Object> logs = Map.of("resource", resource, "scopeLogs", List.of(scope));
        return CanonicalJson.of(Map.of("resourceLogs", List.of(logs)))
                .getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, Object> record(AuditEntry entry) {
        SortedMap<String, String> flat = RecordTree.flat(entry);
        Severity severity = Severity.of(entry.type(), flat.getOrDefault("outcome", ""));
        List<Object> attributes = new ArrayList<>();
        attributes.add(attribute("event.name", "kepm." + entry.type()));
        for (String name : ATTRIBUTES) {
            String value = flat.get(name);
            if (value != null) {
                attributes.add(attribute("kepm." + name, value));
            }
        }
        String nanos = nanos(entry.time());
        Map<String, Object> record = new TreeMap<>();
        record.put("timeUnixNano", nanos);
        record.put("observedTimeUnixNano", nanos);
        record.put("severityNumber", severity.otlp());
        record.put("severityText", severity.name());
        record.put("body", Map.of("stringValue", entry.exported()));
        record.put("attributes", attributes);
        return record;
    }

    private static Map<String, Object> attribute(String key, String value) {
        return Map.of(
                "key", key, "value", Map.of("stringValue", VisibleText.of(value, LONGEST_VALUE)));
    }

    /** As {@code fixed64}: a time outside of 1970 to 2262 becomes the nearest one inside. */
    private static String nanos(Instant time) {
        long millis = Math.min(time.toEpochMilli(), Long.MAX_VALUE / NANOS_PER_MILLI);
        return Long.toString(Math.max(0, millis) * NANOS_PER_MILLI);
    }
}
