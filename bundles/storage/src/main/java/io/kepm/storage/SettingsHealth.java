package io.kepm.storage;

import io.kepm.api.health.HealthCheck.Health;
import java.util.ArrayList;
import java.util.List;

/** What the settings say about themselves. */
final class SettingsHealth {

    private static final String FILE = "`" + LoadedSettings.FILE + "`";

    private SettingsHealth() {}

    /**
     * @param file what the file says now
     * @param waiting stored settings that wait for a restart
     * @param unusable stored settings that are no longer allowed
     */
    static Health of(
            LoadedSettings settings,
            NextFile.State file,
            List<String> waiting,
            List<String> unusable) {
        if (file.changed() && !file.faults().isEmpty()) {
            return Health.degraded(
                    "restart_pending: %s has changed since the start and would be refused: %s"
                            .formatted(FILE, String.join("; ", file.faults())),
                    "correct the file before the agent restarts");
        }
        if (!settings.faults().isEmpty() && !file.changed()) {
            return Health.degraded(
                    String.join("; ", settings.faults()),
                    "correct the file, then restart the agent: its last good state is in force");
        }
        if (!settings.remarks().isEmpty() && !file.changed()) {
            return Health.degraded(
                    String.join("; ", settings.remarks()),
                    "correct the file, then restart the agent");
        }
        List<String> pending = new ArrayList<>();
        if (file.changed()) {
            pending.add(FILE + " has changed since the start");
        }
        if (!waiting.isEmpty()) {
            pending.add(String.join(", ", waiting) + " was set");
        }
        if (!pending.isEmpty()) {
            return Health.degraded(
                    "restart_pending: " + String.join("; ", pending),
                    "restart the agent for it to take effect");
        }
        if (!unusable.isEmpty()) {
            return Health.degraded(
                    "stored settings are not allowed (any more) and do not count: "
                            + String.join(", ", unusable),
                    "take them back: `kepm settings revert PLUGIN`");
        }
        return Health.healthy(settings.values().size() + " settings are named in the file");
    }
}
