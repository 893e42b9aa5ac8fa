package io.kepm.https;

import io.kepm.api.health.HealthCheck.Level;
import io.kepm.api.jobs.Jobs;
import io.kepm.api.plugins.Plugins;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How the agent is: for everyone in three words, for monitoring in detail. */
final class SystemActions {

    private final HealthView health;
    private final MetricsPage metrics;
    private final String version;
    private final InstantSource clock;
    private final Supplier<Optional<Jobs>> jobs;
    private final Supplier<Optional<Plugins>> plugins;
    private volatile @Nullable Told told;

    SystemActions(
            HealthView health,
            MetricsPage metrics,
            String version,
            InstantSource clock,
            Supplier<Optional<Jobs>> jobs,
            Supplier<Optional<Plugins>> plugins) {
        this.health = health;
        this.metrics = metrics;
        this.version = version;
        this.clock = clock;
        this.jobs = jobs;
        this.plugins = plugins;
    }

    /** What anybody was told of a level within one millisecond. */
    private record Told(Level level, Instant at, Answer answer) {}

    /**
     * Anybody asks it as fast as he can: so it is written once a millisecond, for all who ask then.
     */
    Answer health(Call call) {
        Level level = health.level();
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        Told last = told;
        if (last == null || last.level() != level || !last.at().equals(now)) {
            last = new Told(level, now, health(level, now).written());
            told = last;
        }
        return last.answer();
    }

    /** INVARIANT: exactly these three members; anyone on the machine reads them. */
    private Answer health(Level level, Instant now) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("status", level.word());
        body.put("timestamp", now.toString());
        body.put("version", version);
        return Answer.of(level == Level.UNHEALTHY ? 503 : 200, body);
    }

    Answer status(Call call) {
        Jobs.Counts counts = jobs.get().map(Jobs::counts).orElse(new Jobs.Counts(0, 0));
        Map<String, Object> count = new LinkedHashMap<>();
        count.put("total", (long) counts.total());
        count.put("enabled", (long) counts.enabled());
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("name", "KEPM agent");
        body.put("status", "running");
        body.put("version", version);
        body.put(
                "plugins",
                Map.of("total", (long) plugins.get().map(there -> there.list().size()).orElse(0)));
        body.put("jobs", count);
        return Answer.ok(body);
    }

    Answer checks(Call call) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("status", health.level().word());
        body.put("checks", health.json());
        return Answer.ok(body);
    }

    /** For Prometheus. */
    Answer metrics(Call call) {
        return Answer.text(PrometheusText.TYPE, metrics.text());
    }
}
