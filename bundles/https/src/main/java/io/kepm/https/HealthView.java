package io.kepm.https;

import io.kepm.api.health.HealthCheck;
import io.kepm.api.health.HealthCheck.Health;
import io.kepm.api.health.HealthCheck.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The state of the agent: the worst of all its checks. */
final class HealthView {

    private static final Logger LOG = LoggerFactory.getLogger(HealthView.class);

    private final Supplier<? extends List<HealthCheck>> checks;

    /**
     * Looks at checks.
     *
     * @param checks those that are there at the moment
     */
    HealthView(Supplier<? extends List<HealthCheck>> checks) {
        this.checks = checks;
    }

    Level level() {
        return lines().stream()
                .map(line -> line.health().level())
                .max(Level::compareTo)
                .orElse(Level.HEALTHY);
    }

    /** Name, state, detail and advice of each check, by name. */
    List<Map<String, Object>> json() {
        List<Map<String, Object>> json = new ArrayList<>();
        for (Line line : lines()) {
            Map<String, Object> check = new LinkedHashMap<>();
            check.put("name", line.name());
            check.put("state", line.health().level().word());
            check.put("detail", line.health().detail());
            check.put("advice", line.health().advice());
            json.add(check);
        }
        return json;
    }

    private List<Line> lines() {
        return checks.get().stream()
                .map(HealthView::line)
                .sorted((a, b) -> a.name().compareTo(b.name()))
                .toList();
    }

    private static Line line(HealthCheck check) {
        try {
            return new Line(check.name(), check.check());
        } catch (RuntimeException e) {
            LOG.warn("a health check failed: {}", check.getClass().getName(), e);
            return new Line(
                    check.getClass().getSimpleName(),
                    Health.unhealthy("the check itself failed", "look into the log"));
        }
    }

    private record Line(String name, Health health) {}
}
