package io.kepm.storage;

import io.kepm.api.metrics.Counter;
import io.kepm.api.metrics.Histogram;
import io.kepm.api.metrics.Metric;
import java.util.List;

/** Counts commits, and how long they took; told by the writer and read by anybody. */
final class CommitTally {

    private enum Result {
        FAILED,
        OK
    }

    private final Counter<Result> results = new Counter<>(Result.class);
    private final Histogram latency = new Histogram();

    /** A batch is on disk, this long after it was begun. */
    void committed(long nanos) {
        results.add(Result.OK);
        latency.observe(nanos);
    }

    void failed() {
        results.add(Result.FAILED);
    }

    List<Metric> metrics() {
        return List.of(
                results.metric(
                        "kepm_commits_total",
                        "Batches of changes that the writer put on disk, or could not.",
                        "result"),
                latency.metric("kepm_commit_seconds", "How long a batch took to be on disk."));
    }
}
