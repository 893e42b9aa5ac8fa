package io.kepm.https;

import io.kepm.api.health.HealthCheck;
import io.kepm.api.health.HealthCheck.Health;
import io.kepm.api.health.HealthCheck.Level;
import io.kepm.api.metrics.Metric;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state of the agent: the worst of all its checks, and since when each is at its level. That is
 * the time of the look that found it first; somebody looks every few seconds. Safe for use by many
 * threads.
 */
final class HealthView {

    private static final Logger LOG = LoggerFactory.getLogger(HealthView.class);
    private static final int LONGEST_LABEL = 64;

    private final Supplier<? extends List<HealthCheck>> checks;
    private final InstantSource clock;
    private final Duration age;
    private final AtomicBoolean asking = new AtomicBoolean();
    private volatile @Nullable Known known;

    // Guarded by this.
    private Map<String, Line> last = Map.of();

    /**
     * Looks at checks.
     *
     * @param checks those that are there at the moment
     */
    HealthView(Supplier<? extends List<HealthCheck>> checks, InstantSource clock) {
        this(checks, clock, Duration.ZERO);
    }

    /**
     * Looks at checks.
     *
     * @param age how old the level may be that is told: everybody may ask for it, as often as they
     *     like, and a look costs some milliseconds
     */
    HealthView(Supplier<? extends List<HealthCheck>> checks, InstantSource clock, Duration age) {
        this.checks = checks;
        this.clock = clock;
        this.age = age;
    }

    /** The level as somebody saw it. */
    private record Known(Level level, long nanos) {
        boolean isWithin(Duration age) {
            return System.nanoTime() - nanos < age.toNanos();
        }
    }

    /** Only to notice since when something is as it is. */
    void look() {
        lines();
    }

    /** The worst level; one caller looks while others are told the last one. */
    Level level() {
        if (age.isZero()) {
            return seen();
        }
        Known last = known;
        if (last != null && last.isWithin(age)) {
            return last.level();
        }
        // When a look hangs, what was seen before it is not told for long.
        if (last != null
                && last.isWithin(age.multipliedBy(5))
                && !asking.compareAndSet(false, true)) {
            return last.level();
        }
        try {
            Level level = seen();
            known = new Known(level, System.nanoTime());
            return level;
        } finally {
            asking.set(false);
        }
    }

    private Level seen() {
        return lines().stream()
                .map(line -> line.health().level())
                .max(Level::compareTo)
                .orElse(Level.HEALTHY);
    }

    /** Name, state, detail, advice and age of each check, by name. */
    List<Map<String, Object>> json() {
        List<Map<String, Object>> json = new ArrayList<>();
        for (Line line : lines()) {
            Map<String, Object> check = new LinkedHashMap<>();
            check.put("name", line.name());
            check.put("state", line.health().level().word());
            check.put("detail", line.health().detail());
            check.put("advice", line.health().advice());
            check.put("since", line.since().toString());
            json.add(check);
        }
        return json;
    }

    /** The levels as figures; checks are parts of the agent, a closed set. */
    List<Metric> metrics() {
        Map<String, Long> levels = new HashMap<>();
        lines().stream()
                .limit(Metric.MOST_SAMPLES)
                .forEach(
                        line -> {
                            String name = line.name();
                            levels.put(
                                    name.substring(0, Math.min(name.length(), LONGEST_LABEL)),
                                    figure(line.health().level()));
                        });
        return List.of(
                Metric.gauge(
                        "kepm_health",
                        "State of each check: 0 healthy, 1 degraded, 2 unhealthy.",
                        "check",
                        levels));
    }

    private static long figure(Level level) {
        return switch (level) {
            case HEALTHY -> 0;
            case DEGRADED -> 1;
            case UNHEALTHY -> 2;
        };
    }

    private List<Line> lines() {
        SortedMap<String, Health> found = new TreeMap<>();
        for (HealthCheck check : checks.get()) {
            ask(check, found);
        }
        return dated(found);
    }

    /** Of two checks with one name the worse one counts. */
    private static void ask(HealthCheck check, SortedMap<String, Health> found) {
        String name = check.getClass().getSimpleName();
        Health health;
        try {
            name = check.name();
            health = check.check();
        } catch (RuntimeException e) {
            LOG.warn("a health check failed: {}", check.getClass().getName(), e);
            health = Health.unhealthy("the check itself failed", "look into the log");
        }
        found.merge(name, health, (a, b) -> a.level().compareTo(b.level()) >= 0 ? a : b);
    }

    private synchronized List<Line> dated(SortedMap<String, Health> found) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        Map<String, Line> lines = new LinkedHashMap<>();
        found.forEach(
                (name, health) -> {
                    Line before = last.get(name);
                    Instant since =
                            before != null && before.health().level() == health.level()
                                    ? before.since()
                                    : now;
                    lines.put(name, new Line(name, health, since));
                });
        last = lines;
        return List.copyOf(lines.values());
    }

    private record Line(String name, Health health, Instant since) {}
}
