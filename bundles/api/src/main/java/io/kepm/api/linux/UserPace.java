package io.kepm.api.linux;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * How often users may do what costs the agent something and needs no right: each some at once, then
 * evenly, and all who want more take turns. Whoever wants many waits, which costs nothing, and only
 * a few wait. Root has no pace. Safe for use by many threads. (The generic cell rate algorithm,
 * ITU-T I.371, for each uid and for all that are beyond their burst.)
 */
public final class UserPace {

    private static final long ROOT = 0;
    private static final int MANY = 1_024;
    private static final long LONGEST_NANOS = Duration.ofSeconds(10).toNanos();

    private final long eachNanos;
    private final long burstNanos;
    private final long turnNanos;
    private final LongSupplier nanos;

    // Guarded by this: when a user would have used up nothing, by uid.
    private final Map<Long, Long> even = new HashMap<>();
    // Guarded by this: when it is nobody's turn yet.
    private long turns;

    /**
     * A pace.
     *
     * @param burst that a user who was quiet may begin at once; as many may wait
     * @param each the time between those of a user who is not
     * @param turn the time between those of all such users
     * @param nanos a clock that only goes forward
     */
    public UserPace(int burst, Duration each, Duration turn, LongSupplier nanos) {
        eachNanos = each.toNanos();
        burstNanos = burst * eachNanos;
        turnNanos = turn.toNanos();
        this.nanos = nanos;
        turns = nanos.getAsLong();
    }

    /**
     * Counts one that begins.
     *
     * @param uid whose it is; -1 where that can't be told, for all of them together
     * @return nanoseconds to wait before it begins; empty, and not counted, when too many wait
     *     already, of this user or altogether
     */
    public synchronized OptionalLong begin(long uid) {
        if (uid == ROOT) {
            return OptionalLong.of(0);
        }
        long now = nanos.getAsLong();
        if (even.size() > MANY) {
            even.values().removeIf(then -> then - now <= 0);
        }
        long ahead = Math.max(0, even.getOrDefault(uid, now) - now) + eachNanos;
        long wait = Math.max(0, ahead - burstNanos);
        if (wait > 0) {
            long turn = Math.max(0, turns - now);
            if (wait > burstNanos || turn > LONGEST_NANOS) {
                return OptionalLong.empty();
            }
            turns = now + turn + turnNanos;
            wait = Math.max(wait, turn);
        }
        even.put(uid, now + ahead);
        return OptionalLong.of(wait);
    }

    /** Users of whom something is kept; for tests. */
    synchronized int users() {
        return even.size();
    }
}
