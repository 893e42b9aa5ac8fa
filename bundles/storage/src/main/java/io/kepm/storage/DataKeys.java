package io.kepm.storage;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import javax.crypto.SecretKey;

/** The unwrapped data keys: one in use per purpose, and any former one by its id. Immutable. */
final class DataKeys {

    /** A data key and the id that sealed values name it by. */
    record DataKey(int id, Purpose purpose, SecretKey key) {
        @Override
        public String toString() {
            return "data key " + id + " for " + purpose.word();
        }
    }

    private final Map<Purpose, DataKey> inUse = new EnumMap<>(Purpose.class);
    private final Map<Integer, DataKey> byId = new HashMap<>();

    /**
     * @param keys in the order of their ids: the last of a purpose is the one in use
     * @throws IllegalArgumentException when a purpose has none
     */
    DataKeys(Iterable<DataKey> keys) {
        for (DataKey key : keys) {
            inUse.put(key.purpose(), key);
            byId.put(key.id(), key);
        }
        for (Purpose purpose : Purpose.values()) {
            if (!inUse.containsKey(purpose)) {
                throw new IllegalArgumentException("no data key for " + purpose.word());
            }
        }
    }

    DataKey inUse(Purpose purpose) {
        DataKey key = inUse.get(purpose);
        if (key == null) {
            throw new IllegalStateException("no data key for " + purpose.word());
        }
        return key;
    }

    Optional<DataKey> byId(int id) {
        return Optional.ofNullable(byId.get(id));
    }
}
