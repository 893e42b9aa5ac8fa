package io.kepm.trust;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditType;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/** One line of the guard's spool as an audit record. */
final class RefusalLine {

    private static final int MAX_SHOWN = 1000;
    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private RefusalLine() {}

    /** A line that cannot be read is recorded as it stands: it says that something was refused. */
    static AuditDraft draft(String line) {
        try {
            JsonNode json = JSON.readTree(line);
            JsonNode details = json.path("details");
            return AuditDraft.of(AuditType.BUNDLE_REFUSED, "REFUSED")
                    .time(Instant.parse(json.path("event_time").asText()))
                    .sessionType("system")
                    .reason(json.path("reason").asText())
                    .detail("location", details.path("location").asText())
                    .detail("sha256", details.path("sha256").asText())
                    .detail("symbolic_name", details.path("symbolic_name").asText())
                    .detail("signer", details.path("signer").asText())
                    .build();
        } catch (JsonProcessingException | DateTimeParseException e) {
            return AuditDraft.of(AuditType.BUNDLE_REFUSED, "REFUSED")
                    .sessionType("system")
                    .reason("a line of the guard's spool cannot be read")
                    .detail("line", line.length() > MAX_SHOWN ? line.substring(0, MAX_SHOWN) : line)
                    .build();
        }
    }
}
