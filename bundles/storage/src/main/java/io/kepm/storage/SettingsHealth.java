package io.kepm.storage;

import io.kepm.api.health.HealthCheck.Health;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What the settings say about themselves: all that is not well, what waits for a restart first. */
final class SettingsHealth {

    private static final String FILE = "`" + LoadedSettings.FILE + "`";

    private final List<String> details = new ArrayList<>();
    private final Set<String> advice = new LinkedHashSet<>();

    private SettingsHealth() {}

    /**
     * @param file what the file says now
     * @param waiting stored settings that wait for a restart
     * @param unusable stored settings that are no longer allowed
     * @param unreadable stored settings that can't be read, and why
     */
    static Health of(
            LoadedSettings settings,
            NextFile.State file,
            List<String> waiting,
            List<String> unusable,
            List<String> unreadable) {
        SettingsHealth health = new SettingsHealth();
        health.pending(file, waiting);
        health.told(settings, file);
        health.tell(
                "stored settings are not allowed (any more) and do not count: ",
                unusable.isEmpty() ? List.of() : List.of(SettingsTrail.few(unusable)),
                "take them back: `kepm settings revert PLUGIN`");
        health.tell(
                "stored settings can't be read and do not count: ",
                unreadable.isEmpty() ? List.of() : List.of(SettingsTrail.few(unreadable)),
                "take them back: `kepm settings revert PLUGIN`");
        return health.details.isEmpty()
                ? Health.healthy(settings.values().size() + " settings are named in the file")
                : Health.degraded(
                        String.join("; ", health.details), String.join("; ", health.advice));
    }

    private void pending(NextFile.State file, List<String> waiting) {
        List<String> pending = new ArrayList<>();
        boolean refused = file.changed() && !file.faults().isEmpty();
        if (refused) {
            pending.add(
                    "%s has changed since the start and would be refused: %s"
                            .formatted(FILE, String.join("; ", file.faults())));
        } else if (file.changed()) {
            pending.add(FILE + " has changed since the start");
        }
        if (!waiting.isEmpty()) {
            pending.add(String.join(", ", waiting) + " was set");
        }
        tell(
                "restart_pending: ",
                pending,
                refused
                        ? "correct the file before the agent restarts"
                        : "restart the agent for it to take effect");
    }

    /** What was said of the file at the start is in force still, also when it has changed. */
    private void told(LoadedSettings settings, NextFile.State file) {
        String before = file.changed() ? "at the start: " : "";
        tell(
                before,
                settings.faults(),
                file.changed()
                        ? "until the restart its last good state is in force"
                        : "correct the file, then restart the agent: its last good state is in"
                                + " force");
        tell(
                before,
                settings.remarks(),
                file.changed()
                        ? "restart the agent for it to take effect"
                        : "correct the file, then restart the agent");
    }

    private void tell(String what, List<String> which, String toDo) {
        if (!which.isEmpty()) {
            details.add(what + String.join("; ", which));
            advice.add(toDo);
        }
    }
}
