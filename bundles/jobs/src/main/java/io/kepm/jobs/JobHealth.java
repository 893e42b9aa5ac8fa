package io.kepm.jobs;

import io.kepm.api.health.HealthCheck.Health;
import io.kepm.api.jobs.JobRun;
import io.kepm.api.jobs.RunState;
import io.kepm.api.metrics.Metric;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** How the jobs are, in a line and in figures. */
final class JobHealth {

    private static final int SHOWN = 5;

    private final JobBook book;
    private final Dispatcher dispatcher;
    private final Triggers triggers;
    private final Times times;

    JobHealth(JobBook book, Dispatcher dispatcher, Triggers triggers, Times times) {
        this.book = book;
        this.dispatcher = dispatcher;
        this.triggers = triggers;
        this.times = times;
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
        Optional<String> crowded = crowded();
        if (crowded.isPresent()) {
            return Health.degraded(
                    crowded.get(), "see them with kepm job runs; kepm job cancel ends one");
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

    /** Who holds the places while others wait for one; empty when nobody does for long. */
    private Optional<String> crowded() {
        Instant late = times.now().minus(Schedule.LATE);
        if (dispatcher.crowdedSince().filter(since -> since.isBefore(late)).isEmpty()) {
            return Optional.empty();
        }
        List<JobRun> longest =
                dispatcher.there().stream()
                        .map(Run::shown)
                        .filter(run -> run.state() == RunState.RUNNING)
                        .sorted(Comparator.comparing(run -> run.started().orElseThrow()))
                        .toList();
        return Optional.of(
                "runs wait for a place, "
                        + longest.size()
                        + " go on; the longest: "
                        + longest.stream()
                                .limit(SHOWN)
                                .map(
                                        run ->
                                                "`"
                                                        + run.jobId()
                                                        + "` since "
                                                        + run.started().orElseThrow())
                                .collect(Collectors.joining(", ")));
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
