package io.kepm.https;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A bounded good that requests take a part of and give back: one user leaves some to the others,
 * and users together leave some to root. Safe for use by many threads.
 */
final class Shares {

    private final Bounds bounds;

    // Guarded by this; holds only uids that have taken something.
    private final Map<Long, Long> taken = new HashMap<>();
    private long all;

    Shares(Bounds bounds) {
        this.bounds = bounds;
    }

    /**
     * How much there is.
     *
     * @param all for everybody together
     * @param users for all but root together
     * @param perUser for one uid; everybody without one counts as one
     * @param root for root
     */
    record Bounds(long all, long users, long perUser, long root) {}

    /** What one request has taken; to be given back once. */
    interface Share {
        void giveBack();
    }

    /** Never waits; empty when there is not that much left for this caller. */
    synchronized Optional<Share> take(Caller caller, long amount) {
        long own = taken.getOrDefault(caller.uid(), 0L);
        long root = taken.getOrDefault(0L, 0L);
        boolean fits =
                caller.isAdmin()
                        ? own + amount <= bounds.root()
                        : own + amount <= bounds.perUser() && all - root + amount <= bounds.users();
        if (!fits || all + amount > bounds.all()) {
            return Optional.empty();
        }
        change(caller.uid(), amount);
        return Optional.of(() -> giveBack(caller.uid(), amount));
    }

    private synchronized void giveBack(long uid, long amount) {
        change(uid, -amount);
    }

    private void change(long uid, long by) {
        all += by;
        if (taken.merge(uid, by, Long::sum) == 0) {
            taken.remove(uid);
        }
    }
}
