package io.kepm.jobs;

import java.security.SecureRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** Ids of runs: UUIDs of version 7 (RFC 9562), which grow within one life of the agent. */
final class RunId {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final AtomicLong LAST = new AtomicLong();

    private RunId() {}

    /** 48 bits of milliseconds and 12 that count within one, so that the next one is greater. */
    static String next(long epochMillis) {
        long place = LAST.updateAndGet(last -> Math.max(last + 1, epochMillis << 12));
        long high = ((place >>> 12) << 16) | 0x7000L | (place & 0xfff);
        long low = (RANDOM.nextLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
        return new UUID(high, low).toString();
    }
}
