package io.kepm.api.trust;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Counts the wrong tokens, secrets or other proofs of a user: after five within a minute none of
 * this user is looked at for a minute. Safe for use by many threads. Bounded: of more than a
 * thousand users who have wrong ones at once, the oldest is forgotten. Nobody is locked by what
 * others do: one user may have very many numbers (subuid(5)).
 */
public final class WrongProofs {

    public static final int MOST = 5;
    public static final Duration WINDOW = Duration.ofMinutes(1);
    private static final int MOST_USERS = 1000;

    private final InstantSource clock;
    private final Map<Long, Count> counts = new LinkedHashMap<>();

    public WrongProofs(InstantSource clock) {
        this.clock = clock;
    }

    public synchronized boolean isLocked(long uid) {
        forget();
        Count count = counts.get(uid);
        return count != null && count.wrong >= MOST;
    }

    public synchronized void wrong(long uid) {
        forget();
        Instant now = clock.instant();
        Count count = counts.get(uid);
        if (count == null) {
            if (counts.size() >= MOST_USERS) {
                counts.remove(counts.keySet().iterator().next());
            }
            count = new Count(now);
            counts.put(uid, count);
        }
        if (++count.wrong == MOST) {
            // From here on it is a lock, which lasts as long.
            count.since = now;
        }
    }

    /** A clock that was set back ends a window as well. */
    private void forget() {
        Instant now = clock.instant();
        counts.values()
                .removeIf(
                        count ->
                                !now.isBefore(count.since.plus(WINDOW))
                                        || now.isBefore(count.since));
    }

    private static final class Count {
        private Instant since;
        private int wrong;

        Count(Instant since) {
            this.since = since;
        }
    }
}
