package io.kepm.plugins;

import io.kepm.api.metrics.Metric;
import io.kepm.api.metrics.MetricSource;
import io.kepm.api.plugins.PluginState;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** How many plugins are in each state, and how often one was restarted. */
final class PluginFigures implements MetricSource {

    private final Supervisor supervisor;
    private final PluginRecords records;

    PluginFigures(Supervisor supervisor, PluginRecords records) {
        this.supervisor = supervisor;
        this.records = records;
    }

    @Override
    public List<Metric> metrics() {
        Map<String, Long> states = new TreeMap<>();
        for (PluginState state : PluginState.values()) {
            states.put(state.word().toLowerCase(Locale.ROOT), 0L);
        }
        supervisor
                .units()
                .forEach(
                        unit ->
                                states.merge(
                                        unit.state().word().toLowerCase(Locale.ROOT),
                                        1L,
                                        Long::sum));
        return List.of(
                Metric.gauge("kepm_plugins", "Plugins by their state.", "state", states),
                Metric.counter(
                        "kepm_plugin_restarts_total",
                        "Restarts of plugins that had ended by themselves.",
                        records.restarts()));
    }
}
