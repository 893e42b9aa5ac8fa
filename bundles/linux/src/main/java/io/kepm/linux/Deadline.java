package io.kepm.linux;

import java.io.IOException;
import java.time.Duration;

/** A moment by which something has to be over; the wall clock has no say in it. */
final class Deadline {

    private final long end;
    private final String what;

    private Deadline(long end, String what) {
        this.end = end;
        this.what = what;
    }

    /** The time is up. */
    static final class Passed extends IOException {
        private static final long serialVersionUID = 1L;

        private Passed(String message) {
            super(message);
        }
    }

    static Deadline in(Duration time, String what) {
        return new Deadline(System.nanoTime() + time.toNanos(), what);
    }

    /** At least 1, rounded up. */
    int millisLeft() throws IOException {
        long left = end - System.nanoTime();
        if (left <= 0) {
            throw new Passed(what + ": time is up");
        }
        return (int) Math.min(Integer.MAX_VALUE, left / 1_000_000 + 1);
    }
}
