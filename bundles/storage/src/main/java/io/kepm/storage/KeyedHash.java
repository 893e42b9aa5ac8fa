package io.kepm.storage;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import javax.crypto.Mac;

/**
 * Keyed hashes (HMAC-SHA256) that stand in the store for what is searched for: equal values have
 * equal hashes, and nobody without the key can tell which value it is. Not for use by two threads.
 */
final class KeyedHash {

    private static final int LENGTH = 16;

    private final Mac mac;

    /** The last value of each column: the records of one decision share theirs. */
    private final Map<String, Last> lasts = new HashMap<>();

    private record Last(String value, byte[] hash) {}

    KeyedHash(DataKeys keys) throws GeneralSecurityException {
        mac = Mac.getInstance("HmacSHA256");
        mac.init(keys.inUse(Purpose.INDEX).key());
    }

    /**
     * The 16 bytes that stand for a value.
     *
     * @param column keeps equal values of two columns apart
     */
    byte[] of(String column, String value) {
        Last last = lasts.get(column);
        if (last == null || !last.value().equals(value)) {
            start(column);
            byte[] hash = mac.doFinal(value.getBytes(StandardCharsets.UTF_8));
            last = new Last(value, Arrays.copyOf(hash, LENGTH));
            lasts.put(column, last);
        }
        return last.hash().clone();
    }

    /** The 32 bytes that stand for one version of an item: where it is, and its seal. */
    byte[] version(String kind, byte[] id, byte[] seal) {
        start("version");
        start(kind);
        mac.update(id);
        return mac.doFinal(seal);
    }

    private void start(String word) {
        mac.update(word.getBytes(StandardCharsets.UTF_8));
        mac.update((byte) 0);
    }
}
