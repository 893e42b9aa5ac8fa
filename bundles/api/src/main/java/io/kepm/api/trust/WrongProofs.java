package io.kepm.api.trust;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/**
 * Counts the wrong tokens, secrets or other proofs of a user: after five within a minute none of
 * this user is looked at for a minute. Safe for use by many threads. Bounded: when a thousand users
 * have wrong ones at once, those of others are not looked at either.
 */
public final class WrongProofs {

    public static final int MOST = 5;
    public static final Duration WINDOW = Duration.ofMinutes(1);
    private static final int MOST_USERS = 1000;

    private final InstantSource clock;
    private final Map<Long, Count> counts = new HashMap<>();

    public WrongProofs(InstantSource clock) {
        this.clock = clock;
    }

    public synchronized boolean isLocked(long uid) {
        forget();
        Count count = counts.get(uid);
        return count == null ? counts.size() >= MOST_USERS : count.wrong >= MOST;
    }

    public synchronized void wrong(long uid) {
        forget();
        Instant now = clock.instant();
        Count count = counts.get(uid);
        if (count == null && counts.size() < MOST_USERS) {
            count = new Count(now);
            counts.put(uid, count);
        }
        if (count != null && ++count.wrong == MOST) {
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
