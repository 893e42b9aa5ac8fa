package io.kepm.storage;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.SecretKey;

/**
 * The unwrapped data keys: one in use per purpose, and any former one by its id. Safe for many
 * threads.
 */
final class DataKeys {

    /** A data key and the id that sealed values name it by. */
    record DataKey(int id, Purpose purpose, SecretKey key) {
        @Override
        public String toString() {
            return "data key " + id + " for " + purpose.word();
        }
    }

    /** The keys at one moment. */
    private record Ring(Map<Purpose, DataKey> inUse, Map<Integer, DataKey> byId) {
        static Ring of(Iterable<DataKey> keys) {
            Map<Purpose, DataKey> inUse = new EnumMap<>(Purpose.class);
            Map<Integer, DataKey> byId = new HashMap<>();
            for (DataKey key : keys) {
                inUse.put(key.purpose(), key);
                byId.put(key.id(), key);
            }
            for (Purpose purpose : Purpose.values()) {
                if (!inUse.containsKey(purpose)) {
                    throw new IllegalArgumentException("no data key for " + purpose.word());
                }
            }
            return new Ring(inUse, byId);
        }
    }

    private volatile Ring ring;

    /**
     * @param keys in the order of their ids: the last of a purpose is the one in use
     * @throws IllegalArgumentException when a purpose has none
     */
    DataKeys(Iterable<DataKey> keys) {
        ring = Ring.of(keys);
    }

    /** Takes over what a rotation has made. */
    void renew(Iterable<DataKey> keys) {
        ring = Ring.of(keys);
    }

    DataKey inUse(Purpose purpose) {
        DataKey key = ring.inUse().get(purpose);
        if (key == null) {
            throw new IllegalStateException("no data key for " + purpose.word());
        }
        return key;
    }

    Optional<DataKey> byId(int id) {
        return Optional.ofNullable(ring.byId().get(id));
    }

    /** Says which keys there are, without what they are. */
    List<String> described() {
        return ring.byId().values().stream()
                .sorted(Comparator.comparingInt(DataKey::id))
                .map(key -> key + (inUse(key.purpose()).id() == key.id() ? " (in use)" : ""))
                .toList();
    }
}
