package io.kepm.api.jobs;

import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Work of a part of the agent that a job may ask for: a built-in task. Registered as a service by
 * the part that does it.
 */
@ConsumerType
public interface Chore {

    /** The word in {@code command}, such as {@code audit-checkpoint}. */
    String name();

    /**
     * Does it; on a thread of the run's own, which may be interrupted.
     *
     * @return what was done, for people, in a few lines
     * @throws Exception when it was not: its message says why
     */
    String run(Map<String, String> arguments) throws Exception;
}
