package io.kepm.audit.export;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.Severity;
import io.kepm.api.text.VisibleText;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * A record as a log record of OpenTelemetry, whatever it is encoded in. Its body is the exported
 * JSON of ours as one text, so that the chain can be verified at the far end.
 *
 * @param nanos since 1970; a time outside of 1970 to 2262 is the nearest one inside
 * @param attributes in the order in which they are sent
 */
record OtlpRecord(
        long nanos,
        int severityNumber,
        String severityText,
        String body,
        Map<String, String> attributes) {

    /** The scope that every record is in. */
    static final String SCOPE = "io.kepm.audit";

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

    static OtlpRecord of(AuditEntry entry) {
        SortedMap<String, String> flat = RecordTree.flat(entry);
        Severity severity = Severity.of(entry.type(), flat.getOrDefault("outcome", ""));
        Map<String, String> attributes = new LinkedHashMap<>();
        attributes.put("event.name", shown("kepm." + entry.type()));
        for (String name : ATTRIBUTES) {
            String value = flat.get(name);
            if (value != null) {
                attributes.put("kepm." + name, shown(value));
            }
        }
        return new OtlpRecord(
                nanos(entry.time()),
                severity.otlp(),
                severity.name(),
                entry.exported(),
                attributes);
    }

    /** What says where the records come from. */
    static Map<String, String> resource(String host, String agentUid) {
        Map<String, String> attributes = new LinkedHashMap<>();
        attributes.put("service.name", "kepm");
        attributes.put("service.instance.id", shown(agentUid));
        attributes.put("host.name", shown(host));
        return attributes;
    }

    private static String shown(String value) {
        return VisibleText.of(value, LONGEST_VALUE);
    }

    private static long nanos(Instant time) {
        long millis = Math.min(time.toEpochMilli(), Long.MAX_VALUE / NANOS_PER_MILLI);
        return Math.max(0, millis) * NANOS_PER_MILLI;
    }
}
