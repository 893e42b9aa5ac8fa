package io.kepm.policy;

import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * Counts failures in a row and, when there are too many, refuses everything for a time; then it
 * begins anew. Times are nanoseconds of a clock that nobody sets. Not for use by two threads.
 */
final class Circuit {

    private final IntSupplier bound;
    private final LongSupplier length;
    private int failures;
    private long lastFailure;
    private boolean open;
    private long opened;

    /**
     * @param bound failures in a row that open it, asked for each time
     * @param length nanoseconds that it stays open, likewise
     */
    Circuit(IntSupplier bound, LongSupplier length) {
        this.bound = bound;
        this.length = length;
    }

    /** Nanoseconds until it is heard again; 0 when it is now. */
    long closedIn(long now) {
        return open ? Math.max(0, opened + length.getAsLong() - now) : 0;
    }

    /** True once, when the time of an open circuit is over. */
    boolean closes(long now) {
        if (!open || now < opened + length.getAsLong()) {
            return false;
        }
        open = false;
        failures = 0;
        return true;
    }

    /**
     * Counts an outcome. What was under way when it opened changes nothing any more.
     *
     * @return whether this one opened it
     */
    boolean judged(boolean failed, long now) {
        if (open) {
            return false;
        }
        failures = failed ? failures + 1 : 0;
        lastFailure = now;
        open = failures >= bound.getAsInt();
        opened = now;
        return open;
    }

    /** Whether forgetting it would give its source nothing that waiting does not. */
    boolean isIdle(long now) {
        return !open && (failures == 0 || lastFailure + length.getAsLong() <= now);
    }
}
