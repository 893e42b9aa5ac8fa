package io.kepm.https;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/** A bound on the calls of one uid within a minute. Safe for use by many threads. */
final class Pace {

    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final int MAX_UIDS = 16_384;

    /** The one window of everybody new beyond that bound. */
    private static final long OTHERS = -1;

    private final int perMinute;
    private final InstantSource clock;

    // Guarded by this.
    private final Map<Long, Window> windows = new HashMap<>();

    Pace(int perMinute, InstantSource clock) {
        this.perMinute = perMinute;
        this.clock = clock;
    }

    /** Counts one call; the seconds to wait when it is one too many, else 0. */
    synchronized long secondsToWait(long uid) {
        Instant now = clock.instant();
        long key = uid;
        if (!windows.containsKey(key) && windows.size() >= MAX_UIDS) {
            windows.values().removeIf(window -> window.isOver(now));
            key = windows.size() >= MAX_UIDS ? OTHERS : uid;
        }
        Window window = windows.get(key);
        if (window == null || window.isOver(now)) {
            window = new Window(now);
            windows.put(key, window);
        }
        if (window.calls >= perMinute) {
            return Duration.between(now, window.start.plus(WINDOW)).toSeconds() + 1;
        }
        window.calls++;
        return 0;
    }

    private static final class Window {
        private final Instant start;
        private int calls;

        Window(Instant start) {
            this.start = start;
        }

        /** Also when the clock was set back: nobody waits longer than the window. */
        boolean isOver(Instant now) {
            return now.isBefore(start) || !now.isBefore(start.plus(WINDOW));
        }
    }
}
