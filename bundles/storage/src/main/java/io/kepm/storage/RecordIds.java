package io.kepm.storage;

import java.security.SecureRandom;
import java.util.UUID;

/**
 * UUIDs of version 7 (RFC 9562): they begin with the time, and those of one millisecond are counted
 * up. Not for use by two threads.
 */
final class RecordIds {

    private static final int COUNTS = 1 << 12;

    private final SecureRandom random;
    private long lastMillis;
    private int count;

    RecordIds(SecureRandom random) {
        this.random = random;
    }

    UUID next(long millis) {
        if (millis > lastMillis) {
            lastMillis = millis;
            count = random.nextInt(COUNTS / 2);
        } else if (++count == COUNTS) {
            // The clock stands or went back: the order counts more than the millisecond.
            lastMillis++;
            count = 0;
        }
        long high = lastMillis << 16 | 0x7000L | count;
        long low = random.nextLong() >>> 2 | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }
}
