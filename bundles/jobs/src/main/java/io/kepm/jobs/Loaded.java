package io.kepm.jobs;

import io.kepm.api.jobs.JobFault;
import java.util.List;
import java.util.Optional;

/**
 * One file of the folder as it was read.
 *
 * @param sha256 of its bytes; empty when they could not be read
 * @param text the file; empty when it is not used
 */
record Loaded(
        String id,
        Optional<JobDocument> document,
        List<JobFault> faults,
        String sha256,
        String text) {
    Loaded {
        faults = List.copyOf(faults);
    }
}
