package io.kepm.jobs;

import java.util.HashMap;
import java.util.Map;

/**
 * The places of runs that go on: {@value #ALL} in all, and of one job as many as it says.
 * INVARIANT: runs that wait for something outside of the agent never hold all of them, so that
 * {@value #OF_OTHERS} of them that hang keep up neither who waits for an approval nor the agent's
 * own work. For use under the lock of the dispatcher.
 */
final class Places {

    static final int ALL = 32;

    /** Those that runs of programs and calls may hold. */
    static final int OF_OTHERS = 28;

    /** The same, with those that somebody who asked for something waits for. */
    static final int WITH_REQUESTS = 30;

    private final Map<String, Integer> ofJob = new HashMap<>();
    private int held;

    /** Whether a run has one now. */
    boolean take(Run run) {
        if (held >= most(run) || isAtItsOwnBound(run)) {
            return false;
        }
        held++;
        ofJob.merge(run.job().id(), 1, Integer::sum);
        return true;
    }

    void free(Run run) {
        held--;
        ofJob.computeIfPresent(run.job().id(), (id, count) -> count == 1 ? null : count - 1);
    }

    /** Whether it waits for runs of its own job, and not for a place. */
    boolean isAtItsOwnBound(Run run) {
        return ofJob.getOrDefault(run.job().id(), 0) >= run.job().maxConcurrent();
    }

    int held() {
        return held;
    }

    private static int most(Run run) {
        if (run.job().isQuick()) {
            return ALL;
        }
        return run.ask().approval().isPresent() ? WITH_REQUESTS : OF_OTHERS;
    }
}
