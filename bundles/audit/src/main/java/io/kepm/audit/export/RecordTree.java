package io.kepm.audit.export;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.FlatRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads the canonical text of a record back into its members. */
final class RecordTree {

    private static final JsonFactory FACTORY = new JsonFactory();

    private RecordTree() {}

    /** The names and texts of a record, its hash among them. */
    static SortedMap<String, String> flat(AuditEntry entry) {
        SortedMap<String, String> flat;
        try (JsonParser parser = FACTORY.createParser(entry.json())) {
            parser.nextToken();
            flat = FlatRecord.of(object(parser));
        } catch (IOException e) {
            // Our own text, from our own store, opened with its seal intact.
            throw new IllegalStateException("record " + entry.seq() + " is not well-formed", e);
        }
        flat.put("hash", entry.hash());
        return flat;
    }

    private static Map<String, Object> object(JsonParser parser) throws IOException {
        Map<String, Object> members = new TreeMap<>();
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
            default -> parser.getText();
        };
    }
}
