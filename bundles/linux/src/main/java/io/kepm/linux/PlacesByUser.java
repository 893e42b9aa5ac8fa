package io.kepm.linux;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * How much each user may have at once, so that nobody takes all there is. Safe for use by many
 * threads.
 */
final class PlacesByUser {

    private final int most;
    private final Map<Long, Integer> taken = new HashMap<>();

    PlacesByUser(int most) {
        this.most = most;
    }

    /** A place; {@link Place#isTaken} is false when this user has as many as there may be. */
    synchronized Place take(long uid) {
        int before = taken.getOrDefault(uid, 0);
        if (before >= most) {
            return new Place(uid, false);
        }
        taken.put(uid, before + 1);
        return new Place(uid, true);
    }

    /** Whether there is a place for this user now. */
    synchronized boolean has(long uid) {
        return taken.getOrDefault(uid, 0) < most;
    }

    private synchronized void giveBack(long uid) {
        taken.computeIfPresent(uid, (key, count) -> count > 1 ? count - 1 : null);
    }

    /** One of them; giving it back twice gives it back once. */
    final class Place {
        private final long uid;
        private final AtomicBoolean held;

        private Place(long uid, boolean held) {
            this.uid = uid;
            this.held = new AtomicBoolean(held);
        }

        boolean isTaken() {
            return held.get();
        }

        void giveBack() {
            if (held.compareAndSet(true, false)) {
                PlacesByUser.this.giveBack(uid);
            }
        }
    }
}
