package io.kepm.policy;

import io.kepm.api.policy.SourceLimits;
import java.time.Duration;
import java.util.function.Supplier;

/** One source: its turns, its circuit, and what was refused since the last record. */
final class LimitedSource {

    /** The bounds of every source. */
    record Bounds(int perMinute, int waiting, int failures, Duration circuit) {
        static final long MINUTE = Duration.ofMinutes(1).toNanos();
        static final long LONGEST_WAIT = Duration.ofSeconds(30).toNanos();
    }

    /**
     * What the records of a source say of one window.
     *
     * @param session the last one in which something was held up or refused
     */
    record Counts(String session, int queued, int limited, int cutOff) {}

    private final Supplier<Bounds> bounds;
    private final SlidingWindow window;
    private final Circuit circuit;
    private int waiting;
    private int queued;
    private int limited;
    private int cutOff;
    private String session = "";

    /**
     * @param bounds in force, asked for each time
     */
    LimitedSource(Supplier<Bounds> bounds) {
        this.bounds = bounds;
        window = new SlidingWindow(bounds.get().perMinute(), Bounds.MINUTE);
        circuit =
                new Circuit(() -> bounds.get().failures(), () -> bounds.get().circuit().toNanos());
    }

    /** Whether its circuit closed just now. */
    synchronized boolean closes(long now) {
        return circuit.closes(now);
    }

    /** How long until the circuit is closed, in nanoseconds; 0 when it is. */
    synchronized long closedIn(long now) {
        return circuit.closedIn(now);
    }

    /** Nanoseconds to sleep before the turn, or {@link SlidingWindow#NEVER}. */
    synchronized long take(String by, long now, Duration longest) {
        Bounds inForce = bounds.get();
        window.resize(inForce.perMinute());
        boolean place = waiting < inForce.waiting();
        long most = place ? Math.min(longest.toNanos(), Bounds.LONGEST_WAIT) : 0;
        long wait = window.take(now, most);
        if (wait != 0) {
            session = by;
        }
        if (wait == SlidingWindow.NEVER) {
            limited++;
        } else if (wait > 0) {
            waiting++;
            queued++;
        }
        return wait;
    }

    /** Counts a request that came while the circuit was open. */
    synchronized void cutOff(String by) {
        session = by;
        cutOff++;
    }

    synchronized void woke() {
        waiting--;
    }

    synchronized SourceLimits.Turn.Refused full(long now) {
        return new SourceLimits.Turn.Refused(
                SourceLimits.RATE_LIMITED, Duration.ofNanos(window.waitFor(now)));
    }

    synchronized boolean judged(boolean failed, long now) {
        return circuit.judged(failed, now);
    }

    /** What was queued and refused since this was asked last. */
    synchronized Counts reported() {
        Counts counts = new Counts(session, queued, limited, cutOff);
        queued = 0;
        limited = 0;
        cutOff = 0;
        return counts;
    }

    synchronized boolean isIdle(long now) {
        return waiting == 0
                && queued == 0
                && limited == 0
                && cutOff == 0
                && window.isIdle(now)
                && circuit.isIdle(now);
    }
}
