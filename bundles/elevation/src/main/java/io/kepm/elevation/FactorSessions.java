package io.kepm.elevation;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Who gave a second factor within the last five minutes, in which login session, for which
 * policies; only there it counts again. Forgotten with the agent. Safe for use by many threads.
 */
final class FactorSessions {

    static final Duration LASTS = Duration.ofMinutes(5);
    private static final int MOST = 10_000;

    private final LongSupplier nanos;
    private final Map<Key, Long> until = new HashMap<>();

    private record Key(long uid, String session, List<String> policies) {}

    /**
     * @param nanos a clock that nobody sets (System.nanoTime)
     */
    FactorSessions(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** A session without a terminal is none: whatever runs there would count as the same. */
    synchronized boolean holds(long uid, String session, List<String> policies) {
        Long end = session.isEmpty() ? null : until.get(new Key(uid, session, policies));
        return end != null && end - nanos.getAsLong() > 0;
    }

    synchronized void given(long uid, String session, List<String> policies) {
        long now = nanos.getAsLong();
        until.values().removeIf(end -> end - now <= 0);
        if (!session.isEmpty() && until.size() < MOST) {
            until.put(new Key(uid, session, policies), now + LASTS.toNanos());
        }
    }
}
