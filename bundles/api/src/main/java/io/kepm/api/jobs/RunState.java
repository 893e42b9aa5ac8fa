package io.kepm.api.jobs;

/** The states of a run. INVARIANT: nothing leads out of a state that is final. */
public enum RunState {
    QUEUED("Queued"),
    RUNNING("Running"),
    SUCCEEDED("Succeeded"),
    FAILED("Failed"),
    TIMED_OUT("TimedOut"),
    CANCELLED("Cancelled"),
    /** It was due or asked for, and did not run: the run says why. */
    SKIPPED("Skipped");

    private final String word;

    RunState(String word) {
        this.word = word;
    }

    /** The word on the wire. */
    public String word() {
        return word;
    }

    public boolean isFinal() {
        return this != QUEUED && this != RUNNING;
    }
}
