package io.kepm.elevation;

import io.kepm.api.elevation.LaunchAnswer;
import io.kepm.api.metrics.Counter;
import io.kepm.api.metrics.Histogram;
import io.kepm.api.metrics.Metric;
import io.kepm.api.policy.Reason;
import java.util.List;

/** Counts decisions, refusals, and how long deciding took. Safe for use by many threads. */
final class Tally {

    enum Outcome {
        ALLOW,
        DENY,
        FAULT,
        OWN_RIGHT
    }

    /** Who or what refused. */
    enum Why {
        CONDITION,
        CONTROL,
        FAULT,
        GUARD,
        LIMITS,
        OTHER,
        POLICY,
        UNMATCHED
    }

    private final Counter<Outcome> outcomes = new Counter<>(Outcome.class);
    private final Counter<Why> refusals = new Counter<>(Why.class);
    private final Histogram latency = new Histogram();
    private final Histogram own = new Histogram();

    /**
     * Counts a decision.
     *
     * @param nanos how long the agent took, without the person who was asked something
     * @param disk how much of that it waited until what it decided was on disk
     */
    void decided(LaunchAnswer answer, long nanos, long disk) {
        latency.observe(nanos);
        own.observe(nanos - disk);
        if (answer instanceof LaunchAnswer.Run) {
            outcomes.add(Outcome.ALLOW);
        } else if (answer instanceof LaunchAnswer.OwnRight) {
            outcomes.add(Outcome.OWN_RIGHT);
        } else if (answer instanceof LaunchAnswer.Refuse refuse) {
            Why why = why(refuse.code());
            outcomes.add(why == Why.FAULT ? Outcome.FAULT : Outcome.DENY);
            refusals.add(why);
        }
    }

    /** Counts a refusal before any decision. */
    void limited() {
        refusals.add(Why.LIMITS);
    }

    List<Metric> metrics() {
        return List.of(
                outcomes.metric(
                        "kepm_decisions_total",
                        "Launch decisions by what came of them.",
                        "outcome"),
                refusals.metric(
                        "kepm_refused_total",
                        "Refusals by who refused; limits refuse without a decision.",
                        "why"),
                own.metric(
                        "kepm_decision_own_seconds", "Of that, what is not waiting for the disk."),
                latency.metric(
                        "kepm_decision_seconds",
                        "How long launch decisions took, without the person who was asked."));
    }

    private static Why why(String code) {
        if (Launch.FAULTS.contains(code)) {
            return Why.FAULT;
        }
        if (code.startsWith(Reason.GUARD_PREFIX)) {
            return Why.GUARD;
        }
        if (code.startsWith(Launch.CONTROL_PREFIX)) {
            return Why.CONTROL;
        }
        return switch (code) {
            case Reason.POLICY -> Why.POLICY;
            case Reason.UNMATCHED -> Why.UNMATCHED;
            case Launch.CONDITION -> Why.CONDITION;
            default -> Why.OTHER;
        };
    }
}
