package io.kepm.elevation;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who looked at which list lately: a screen that asks each second for what did not change looks
 * once a minute. Knows a thousand people; who is forgotten looks anew. Safe for use by many
 * threads.
 */
final class Looks {

    private static final int MOST = 1_000;
    private static final Duration SAME = Duration.ofMinutes(1);

    // Guarded by this.
    private final Map<Long, Look> last = new LinkedHashMap<>();

    private record Look(List<String> seen, Instant at) {}

    /**
     * Whether this look is one of its own.
     *
     * @param seen what is on the list
     */
    synchronized boolean isNew(long uid, List<String> seen, Instant now) {
        Look before = last.get(uid);
        if (before != null
                && before.seen().equals(seen)
                && Duration.between(before.at(), now).abs().compareTo(SAME) < 0) {
            return false;
        }
        last.remove(uid);
        if (last.size() >= MOST) {
            last.remove(last.keySet().iterator().next());
        }
        last.put(uid, new Look(List.copyOf(seen), now));
        return true;
    }
}
