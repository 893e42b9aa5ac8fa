package io.kepm.audit.export;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.CanonicalJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The JSON encoding of OTLP 1.x: names in lower camel case, 64-bit integers as texts, enums as
 * numbers.
 */
final class OtlpJson implements OtlpEncoding {

    static final String CONTENT_TYPE = "application/json";

    private static final JsonFactory FACTORY = new JsonFactory();

    private final Map<String, String> resource;

    /**
     * @param resource attributes that say where the records come from
     */
    OtlpJson(Map<String, String> resource) {
        this.resource = resource;
    }

    @Override
    public String contentType() {
        return CONTENT_TYPE;
    }

    @Override
    public byte[] request(List<AuditEntry> batch) {
        List<Object> records = new ArrayList<>(batch.size());
        batch.forEach(entry -> records.add(record(OtlpRecord.of(entry))));
        Map<String, Object> scope =
                Map.of("scope", Map.of("name", OtlpRecord.SCOPE), "logRecords", records);
        Map<String, Object> logs =
                Map.of(
                        "resource",
                        Map.of("attributes", attributes(resource)),
                        "scopeLogs",
                        List.of(scope));
        return CanonicalJson.of(Map.of("resourceLogs", List.of(logs)))
                .getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, Object> record(OtlpRecord log) {
        String nanos = Long.toString(log.nanos());
        Map<String, Object> record = new TreeMap<>();
        record.put("timeUnixNano", nanos);
        record.put("observedTimeUnixNano", nanos);
        record.put("severityNumber", log.severityNumber());
        record.put("severityText", log.severityText());
        record.put("body", Map.of("stringValue", log.body()));
        record.put("attributes", attributes(log.attributes()));
        return record;
    }

    private static List<Object> attributes(Map<String, String> values) {
        List<Object> attributes = new ArrayList<>();
        values.forEach(
                (key, value) ->
                        attributes.add(Map.of("key", key, "value", Map.of("stringValue", value))));
        return attributes;
    }

    @Override
    public OtlpAnswer answer(byte[] body) throws IOException {
        return read(body);
    }

    static OtlpAnswer read(byte[] body) throws IOException {
        String message = "";
        long count = 0;
        try (JsonParser parser = FACTORY.createParser(body)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.FIELD_NAME) {
                    String name = parser.currentName();
                    JsonToken value = parser.nextToken();
                    if (value != null && value.isScalarValue()) {
                        if (name.equals("rejectedLogRecords")) {
                            count = parser.getValueAsLong();
                        } else if (name.equals("errorMessage")) {
                            message = parser.getText();
                        }
                    }
                }
            }
        }
        return new OtlpAnswer(count, message);
    }
}
