package io.kepm.api.metrics;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/** A part of the agent that has something to count; registered as a service. */
@ConsumerType
public interface MetricSource {

    /**
     * The figures now; asked for by many threads, every few seconds. Must not block: neither on a
     * lock that is held while something is written, nor on the store.
     */
    List<Metric> metrics();
}
