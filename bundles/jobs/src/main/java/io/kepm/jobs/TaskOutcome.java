package io.kepm.jobs;

import io.kepm.api.jobs.RunState;
import java.util.Optional;

/**
 * How one try of a task ended.
 *
 * @param reason why it did not succeed; empty when it did
 */
record TaskOutcome(RunState state, Optional<Integer> exitCode, String reason, String output) {

    static TaskOutcome done(String output) {
        return new TaskOutcome(RunState.SUCCEEDED, Optional.empty(), "", output);
    }

    static TaskOutcome failed(String reason) {
        return failed(reason, "");
    }

    static TaskOutcome failed(String reason, String output) {
        return new TaskOutcome(RunState.FAILED, Optional.empty(), reason, output);
    }
}
