package io.kepm.storage;

import java.util.Optional;

/** How the store is doing, told by the writer and read by anybody. */
final class StoreCondition {

    private volatile Optional<String> broken = Optional.empty();
    private volatile Optional<String> failing = Optional.empty();

    /**
     * Why nothing more is written until the store is opened anew. After a failed sync nobody knows
     * what is on disk: trying again could be answered with a success that is none.
     */
    Optional<String> broken() {
        return broken;
    }

    /** Why the last commit failed; empty once one succeeds. */
    Optional<String> failing() {
        return failing;
    }

    void markBroken(String why) {
        broken = Optional.of(why);
    }

    void markFailing(String why) {
        failing = Optional.of(why);
    }

    /** Notes a success; whether it ended a time of failures. */
    boolean markWell() {
        boolean wasFailing = failing.isPresent();
        if (wasFailing) {
            failing = Optional.empty();
        }
        return wasFailing;
    }
}
