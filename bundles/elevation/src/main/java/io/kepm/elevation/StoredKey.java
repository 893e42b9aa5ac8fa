package io.kepm.elevation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kepm.api.elevation.OfflineKey;
import io.kepm.api.storage.StorageException;
import java.io.IOException;
import java.util.Optional;

/**
 * The key of offline codes as it is kept (sealed, in the table of secrets).
 *
 * @param line of the key; empty when there is none
 * @param counter of the last challenge; it goes on under another key
 */
record StoredKey(String line, long counter) {

    private static final ObjectMapper JSON =
            new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    static final StoredKey NONE = new StoredKey("", 0);

    Optional<OfflineKey> key() {
        return OfflineKey.parse(line);
    }

    StoredKey with(String other) {
        return new StoredKey(other, counter);
    }

    StoredKey next() {
        return new StoredKey(line, counter + 1);
    }

    byte[] toBytes() {
        try {
            return JSON.writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a key has no form", e);
        }
    }

    static StoredKey of(byte[] bytes) throws StorageException {
        try {
            return JSON.readValue(bytes, StoredKey.class);
        } catch (IOException e) {
            throw new StorageException("the stored key of offline codes can't be read", e);
        }
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "StoredKey[" + counter + "]";
    }
}
