package io.kepm.api.jobs;

import io.kepm.api.storage.StorageException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** The jobs of this machine and their runs. Safe for use by many threads. */
@ProviderType
public interface Jobs {

    /** In order of their ids, those whose document is not used included. */
    List<JobStatus> list();

    Optional<JobStatus> find(String id);

    /** How many there are; costs nothing. */
    Counts counts();

    /** The document of a job as it is used, in JSON. */
    Optional<String> document(String id);

    /** All that is wrong with a document; nothing is kept. */
    List<JobFault> validate(String json);

    /** Writes a new document. */
    Outcome add(String json, String who);

    /** Replaces a document. */
    Outcome update(String id, String json, String who);

    /** Removes a document; what runs of it goes on to its end, its history stays. */
    Outcome delete(String id, String who);

    /** Reads the folder again now. */
    Outcome reload(String who);

    /**
     * Asks for a run.
     *
     * @param parameters by name: texts, numbers, booleans
     */
    Started run(String id, Map<String, Object> parameters, String who);

    /**
     * Asks for a run in the name of a plugin. What runs elevated in it goes through the one launch
     * decision, as the user that it is for.
     *
     * @return {@link Started.Unknown} as well when the document does not let this plugin
     */
    default Started launch(String id, Launch launch) {
        return new Started.Unknown();
    }

    /** What a run would do now with such parameters and context; nothing is run. */
    Optional<Map<String, Object>> evaluate(
            String id, Map<String, Object> parameters, Map<String, Object> context);

    /**
     * Runs of a job, the newest first, without what their tasks wrote.
     *
     * @param before only runs before this one; empty for the newest
     */
    List<JobRun> runs(String id, String before, int limit) throws StorageException;

    /** One run, with what its tasks wrote. */
    Optional<JobRun> run(String id, String runId) throws StorageException;

    /**
     * Ends what runs or waits of a job.
     *
     * @param runId one run, or empty for all of them
     */
    Outcome cancel(String id, String runId, String who);

    /**
     * How many jobs.
     *
     * @param enabled those that may run here
     */
    record Counts(int total, int enabled) {}

    /**
     * What became of a change.
     *
     * @param known whether there is such a job
     * @param faults why nothing was changed; empty when it was
     */
    record Outcome(String id, boolean known, List<JobFault> faults) {
        public Outcome {
            faults = List.copyOf(faults);
        }

        public static Outcome done(String id) {
            return new Outcome(id, true, List.of());
        }

        public static Outcome unknown(String id) {
            return new Outcome(id, false, List.of(new JobFault("", "there is no such job")));
        }

        public static Outcome refused(String id, List<JobFault> faults) {
            return new Outcome(id, true, faults);
        }

        public boolean isDone() {
            return faults.isEmpty();
        }
    }

    /** What became of asking for a run. */
    sealed interface Started {
        record Accepted(JobRun run) implements Started {}

        record Unknown() implements Started {}

        /** What is wrong with the parameters or the job; nothing will run. */
        record Refused(List<JobFault> faults) implements Started {
            public Refused {
                faults = List.copyOf(faults);
            }
        }
    }
}
