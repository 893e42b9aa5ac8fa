package io.kepm.jobs;

import io.kepm.api.jobs.RunState;
import java.util.Optional;

/**
 * How one try of a task ended.
 *
 * @param reason why it did not succeed; empty when it did
 * @param output what it wrote, errors as well unless they are apart
 * @param errors what it wrote to standard error, where that is apart
 */
record TaskOutcome(
        RunState state, Optional<Integer> exitCode, String reason, String output, String errors) {

    TaskOutcome(RunState state, Optional<Integer> exitCode, String reason, String output) {
        this(state, exitCode, reason, output, "");
    }

    /** All that it wrote, for the history. */
    String written() {
        return output.isEmpty() || output.endsWith("\n") || errors.isEmpty()
                ? output + errors
                : output + "\n" + errors;
    }

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
