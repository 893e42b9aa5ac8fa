package io.kepm.plugins;

import io.kepm.api.health.HealthCheck;
import io.kepm.api.plugins.PluginState;
import io.kepm.api.plugins.PluginStatus;
import java.util.List;
import java.util.stream.Collectors;

/** The health check {@code plugins}: degraded while one that is to be watched is not well. */
final class PluginsCheck implements HealthCheck {

    private final Supervisor supervisor;

    PluginsCheck(Supervisor supervisor) {
        this.supervisor = supervisor;
    }

    @Override
    public String name() {
        return "plugins";
    }

    @Override
    public Health check() {
        List<String> bad =
                supervisor.list().stream()
                        .filter(PluginStatus::monitored)
                        .filter(
                                status ->
                                        status.state() == PluginState.FAILED
                                                || status.state() == PluginState.UNHEALTHY)
                        .map(status -> "`" + status.id() + "` is " + status.state().word())
                        .toList();
        if (bad.isEmpty()) {
            return Health.healthy(supervisor.count() + " plugins");
        }
        return Health.degraded(
                bad.stream().limit(5).collect(Collectors.joining(", ")),
                "kepm plugin list says why");
    }
}
