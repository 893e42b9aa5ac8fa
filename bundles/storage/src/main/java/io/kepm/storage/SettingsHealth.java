package io.kepm.storage;

import io.kepm.api.health.HealthCheck.Health;

/** What the settings say about themselves. */
final class SettingsHealth {

    private SettingsHealth() {}

    static Health of(LoadedSettings settings, boolean changedSince) {
        if (!settings.faults().isEmpty()) {
            return Health.degraded(
                    String.join("; ", settings.faults()),
                    "correct the file, then restart the agent: its last good state is in force");
        }
        if (!settings.remarks().isEmpty()) {
            return Health.degraded(
                    String.join("; ", settings.remarks()),
                    "correct the file, then restart the agent");
        }
        if (changedSince) {
            return Health.degraded(
                    "restart_pending: `" + LoadedSettings.FILE + "` has changed since the start",
                    "restart the agent for it to take effect");
        }
        return Health.healthy(settings.values().size() + " settings are named in the file");
    }
}
