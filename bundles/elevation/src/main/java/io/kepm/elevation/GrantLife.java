package io.kepm.elevation;

import java.time.Duration;

/**
 * How long a grant lives, and what became of it.
 *
 * @param limited whether a policy states the time, so that a clock that is set back ends it
 * @param scoped whether its command runs in a scope of its own
 * @param from time since boot, sleep included, when it began: what nobody can set
 * @param lasts how long from then
 * @param tty where the person who asked sits; empty when there is no terminal
 * @param closed whether the end of the command itself is on record
 * @param ending why what runs by it is being ended; empty as long as it is not
 */
record GrantLife(
        boolean limited,
        boolean scoped,
        Duration from,
        Duration lasts,
        String tty,
        boolean closed,
        Ending ending) {

    /** Why it ends before its command does. */
    enum Ending {
        NONE,
        EXPIRED,
        /** Its time is over, and what runs may finish. */
        FINISHING,
        RELEASED,
        REVOKED;

        /** Whether what runs by it is to be ended. */
        boolean kills() {
            return this == EXPIRED || this == RELEASED || this == REVOKED;
        }
    }

    Duration until() {
        return from.plus(lasts);
    }

    GrantLife afterClose() {
        return new GrantLife(limited, scoped, from, lasts, tty, true, ending);
    }

    GrantLife lasting(Duration longer) {
        return new GrantLife(limited, scoped, from, longer, tty, closed, ending);
    }

    GrantLife ending(Ending why) {
        return new GrantLife(limited, scoped, from, lasts, tty, closed, why);
    }
}
