package io.kepm.storage;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/**
 * A value that the API or a policy set, as it is kept.
 *
 * @param json String, Long, Boolean, or List of String or of Map with such values
 * @param by who set it
 */
record StoredSetting(Object json, String by) {

    private static final JsonFactory FACTORY = new JsonFactory();

    /**
     * @throws FaultySettings when it is none
     */
    static StoredSetting read(byte[] row) throws FaultySettings {
        Map<String, Object> read = FlatJson.parse(row);
        Object value = read.get("value");
        if (value == null || !(read.get("by") instanceof String by)) {
            throw new FaultySettings(List.of("it has no value, or not who set it"));
        }
        return new StoredSetting(value, by);
    }

    /** Bytes for the store. */
    byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator generator = FACTORY.createGenerator(out)) {
            generator.writeStartObject();
            generator.writeFieldName("value");
            write(generator, json);
            generator.writeStringField("by", by);
            generator.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static void write(JsonGenerator generator, Object value) throws IOException {
        if (value instanceof String text) {
            generator.writeString(text);
        } else if (value instanceof Long number) {
            generator.writeNumber(number);
        } else if (value instanceof Boolean flag) {
            generator.writeBoolean(flag);
        } else if (value instanceof List<?> list) {
            generator.writeStartArray();
            for (Object item : list) {
                write(generator, item);
            }
            generator.writeEndArray();
        } else if (value instanceof Map<?, ?> members) {
            generator.writeStartObject();
            for (Map.Entry<?, ?> each : members.entrySet()) {
                generator.writeFieldName(String.valueOf(each.getKey()));
                write(generator, each.getValue());
            }
            generator.writeEndObject();
        } else {
            throw new IllegalArgumentException("not a text, integer, truth value or list of these");
        }
    }
}
