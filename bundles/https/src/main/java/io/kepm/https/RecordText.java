package io.kepm.https;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.kepm.api.audit.AuditEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Audit records as plain Java values, for filters. Unlike {@link JsonText} it reads what we wrote:
 * it takes every text that a record can hold, however long.
 */
final class RecordText {

    private static final JsonFactory FACTORY = new JsonFactory();

    private RecordText() {}

    /** The members of a record; those that the store still knows when its text can't be read. */
    static Map<String, Object> members(AuditEntry entry) {
        try (JsonParser parser = FACTORY.createParser(entry.exported())) {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                return object(parser);
            }
        } catch (IOException e) {
            // As below.
        }
        return Map.of(
                "seq", entry.seq(),
                "audit_event_type", entry.type(),
                "event_time", entry.time().toString(),
                "unreadable", "the text of this record is no JSON");
    }

    private static Map<String, Object> object(JsonParser parser) throws IOException {
        Map<String, Object> members = new HashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            members.put(name, value(parser));
        }
        return members;
    }

    private static Object value(JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            return object(parser);
        }
        if (parser.currentToken() == JsonToken.START_ARRAY) {
            List<Object> list = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                list.add(value(parser));
            }
            return list;
        }
        return parser.getText();
    }
}
