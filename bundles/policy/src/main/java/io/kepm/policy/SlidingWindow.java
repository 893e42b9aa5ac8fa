package io.kepm.policy;

import java.util.Arrays;

/**
 * Gives out turns, so many within any span of one length. A turn that is not free yet is given out
 * for the time when it will be: whoever got it sleeps until then, in the order of asking. Times are
 * nanoseconds of a clock that nobody sets. Not for use by two threads.
 */
final class SlidingWindow {

    static final long NEVER = -1;

    private final long span;

    /** The last turns, oldest at {@code next} when it is full; grows with what is asked. */
    private long[] turns;

    private int bound;
    private int count;
    private int next;

    /**
     * @param bound turns within a span
     * @param span nanoseconds
     */
    SlidingWindow(int bound, long span) {
        this.bound = bound;
        this.span = span;
        turns = new long[Math.min(bound, 4)];
    }

    /** From now on so many; of turns that were given out the last ones count. */
    void resize(int turnsWithinSpan) {
        if (turnsWithinSpan == bound) {
            return;
        }
        int kept = Math.min(count, turnsWithinSpan);
        long[] last = new long[Math.min(turnsWithinSpan, Math.max(kept, 4))];
        for (int i = 0; i < kept; i++) {
            last[i] = turns[(next + count - kept + i) % count];
        }
        turns = last;
        count = kept;
        next = 0;
        bound = turnsWithinSpan;
    }

    /**
     * Takes the next turn.
     *
     * @return nanoseconds until it, or {@link #NEVER}: it would be too far away, and was not taken
     */
    long take(long now, long longest) {
        long wait = waitFor(now);
        if (wait > longest) {
            return NEVER;
        }
        push(now + wait);
        return wait;
    }

    /** Nanoseconds until the next turn that nobody has taken. */
    long waitFor(long now) {
        return count < bound ? 0 : Math.max(0, turns[next] + span - now);
    }

    private void push(long turn) {
        if (count < bound) {
            if (count == turns.length) {
                turns = Arrays.copyOf(turns, Math.min(bound, turns.length * 2));
            }
            turns[count++] = turn;
        } else {
            turns[next] = turn;
            next = (next + 1) % bound;
        }
    }

    /** Whether no turn lies within the span any more: forgetting it all would change nothing. */
    boolean isIdle(long now) {
        return count == 0 || turns[(next + count - 1) % count] + span <= now;
    }
}
