package io.kepm.storage;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.kepm.api.settings.SettingName;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A value that the API or a policy set, as it is kept.
 *
 * @param json String, Long, Boolean, or List of String or of Map with such values
 * @param by who set it
 */
record StoredSetting(Object json, String by) {

    /** Begins the key of what a policy set; no id of a plugin begins so. */
    static final String POLICY = "@policy/";

    private static final JsonFactory FACTORY = new JsonFactory();

    /** All that the API set, by {@link SettingName}; what can't be read is left out. */
    static Map<SettingName, StoredSetting> all(Storage storage) throws StorageException {
        return all(storage, "");
    }

    /** All that policies set. */
    static Map<SettingName, StoredSetting> ofPolicies(Storage storage) throws StorageException {
        return all(storage, POLICY);
    }

    private static Map<SettingName, StoredSetting> all(Storage storage, String prefix)
            throws StorageException {
        Map<SettingName, StoredSetting> all =
                new TreeMap<>(Comparator.comparing(SettingName::toString));
        for (Map.Entry<String, byte[]> item : storage.list(Table.SETTINGS).entrySet()) {
            if (!item.getKey().startsWith(prefix)
                    || (prefix.isEmpty() && item.getKey().startsWith(POLICY))) {
                continue;
            }
            String key = item.getKey().substring(prefix.length());
            int slash = key.indexOf('/');
            try {
                Map<String, Object> read = FlatJson.parse(item.getValue());
                Object value = read.get("value");
                if (slash > 0 && value != null) {
                    all.put(
                            new SettingName(key.substring(0, slash), key.substring(slash + 1)),
                            new StoredSetting(value, String.valueOf(read.get("by"))));
                }
            } catch (FaultySettings e) {
                throw new StorageException(
                        "a stored setting can't be read: " + item.getKey() + ": " + e.getMessage());
            }
        }
        return all;
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
