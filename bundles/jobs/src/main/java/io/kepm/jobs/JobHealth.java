package io.kepm.jobs;

import io.kepm.api.health.HealthCheck.Health;
import io.kepm.api.jobs.RunState;
import io.kepm.api.metrics.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** How the jobs are, in a line and in figures. */
final class JobHealth {

    private static final int SHOWN = 5;

    private final JobBook book;
    private final Dispatcher dispatcher;
    private final Triggers triggers;

    JobHealth(JobBook book, Dispatcher dispatcher, Triggers triggers) {
        this.book = book;
        this.dispatcher = dispatcher;
        this.triggers = triggers;
    }

    Health check() {
        if (!book.trouble().isEmpty()) {
            return Health.degraded(book.trouble(), "look at the folder Jobs");
        }
        if (dispatcher.owed() > 0) {
            return Health.degraded(
                    dispatcher.owed() + " runs that ended are not on record yet",
                    "see the state of storage and audit");
        }
        List<String> bad =
                book.all().values().stream()
                        .filter(one -> one.document().isEmpty())
                        .map(one -> "`" + one.id() + "`: " + one.faults().get(0).text())
                        .toList();
        return bad.isEmpty()
                ? Health.healthy(book.all().size() + " jobs")
                : Health.degraded(
                        bad.size()
                                + " documents are not used: "
                                + bad.stream().limit(SHOWN).collect(Collectors.joining("; ")),
                        "kepm job list says why; correct or remove them");
    }

    List<Metric> metrics() {
        List<Metric> metrics = new ArrayList<>();
        metrics.add(Metric.gauge("kepm_jobs", "Jobs whose documents are used.", used()));
        metrics.add(Metric.gauge("kepm_jobs_running", "Runs that go on.", dispatcher.running()));
        metrics.add(Metric.gauge("kepm_jobs_queued", "Runs that wait.", dispatcher.queued()));
        metrics.add(
                Metric.counter(
                        "kepm_job_events_lost_total",
                        "Events for jobs that were lost, since too many waited.",
                        triggers.lost()));
        metrics.add(runs());
        return metrics;
    }

    private long used() {
        return book.all().values().stream().filter(one -> one.document().isPresent()).count();
    }

    private Metric runs() {
        List<Metric.Sample> samples = new ArrayList<>();
        for (RunState state : RunState.values()) {
            if (state.isFinal()) {
                samples.add(
                        Metric.Sample.of(
                                "state",
                                state.name().toLowerCase(java.util.Locale.ROOT),
                                (double) dispatcher.ended(state)));
            }
        }
        return new Metric(
                "kepm_job_runs_total",
                Metric.Kind.COUNTER,
                "Runs that ended, by how they did.",
                samples);
    }
}
