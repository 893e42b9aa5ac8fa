package io.kepm.storage;

import io.kepm.api.settings.CoreSettings;
import io.kepm.api.settings.Setting;
import io.kepm.api.settings.Setting.Reach;
import io.kepm.api.settings.TargetFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Judges the file that a {@code SettingsUpdate} policy would put in the place of another. What
 * widens trust has to stay as root left it: security settings, and what a plugin runs, as whom, and
 * which topics it may use.
 *
 * @param approot folder of {@code appsettings.json}
 * @param plugins folder of the plugins, below it
 */
record FileReplacement(Path approot, String plugins) {

    private static final int LARGEST = 1 << 20;

    /** Members of a plugin's file that are not about trust. */
    private static final List<String> FREE =
            List.of(
                    "metadata",
                    "name",
                    "description",
                    "startupPriority",
                    "autoStart",
                    "requiresMonitoring",
                    "autoRestart",
                    "healthCheck",
                    "restart",
                    "$schema");

    private static final List<String> RIGHTS = List.of("metadata/mqttRole", "metadata/mqttTopics");

    List<String> faults(TargetFile file, byte[] content) {
        if (content.length > LARGEST) {
            return List.of("larger than 1 MiB");
        }
        try {
            Map<String, Object> json = FlatJson.parse(content);
            return file.plugin().isEmpty() ? agent(json) : plugin(file.plugin().get(), json);
        } catch (FaultySettings e) {
            return e.faults();
        }
    }

    private List<String> agent(Map<String, Object> json) throws FaultySettings {
        SettingsCheck.Checked wanted = SettingsCheck.check(json);
        if (wanted.holdsSecret()) {
            return List.of("CertPassword: a password may not stand in a configuration file");
        }
        byte[] present =
                new SettingsFile(approot.resolve(LoadedSettings.FILE))
                        .read()
                        .orElse(LoadedSettings.NOTHING);
        Layers then = new Layers(Map.of(), Map.of(), Map.of(), wanted.values());
        Layers now =
                new Layers(
                        Map.of(),
                        Map.of(),
                        Map.of(),
                        SettingsCheck.check(FlatJson.parse(present)).values());
        List<String> faults = new ArrayList<>();
        for (Setting<?> setting : CoreSettings.all()) {
            if (setting.reach() == Reach.FILE
                    && !then.of(setting).value().equals(now.of(setting).value())) {
                faults.add(
                        setting.key()
                                + ": a security setting: it has to stay as it is, only root changes"
                                + " it");
            }
        }
        return faults;
    }

    private List<String> plugin(String id, Map<String, Object> wanted) throws FaultySettings {
        Path path = approot.resolve(plugins).resolve(id + ".json");
        Optional<byte[]> present = new SettingsFile(path).read();
        if (present.isEmpty()) {
            return List.of("there is no plugin `" + id + "`: a policy installs none");
        }
        Map<String, Object> now = FlatJson.parse(present.get());
        TreeSet<String> keys = new TreeSet<>(now.keySet());
        keys.addAll(wanted.keySet());
        List<String> faults = new ArrayList<>();
        for (String key : keys) {
            Object value = wanted.get(key);
            // Two values that are not looked into may differ unseen.
            boolean same =
                    Objects.equals(now.get(key), value)
                            && !(value instanceof FlatJson.Strange strange && strange.isCut());
            if (!isFree(key) && !same) {
                faults.add(
                        SettingsCheck.quiet(key)
                                + ": it has to stay as it is, only root changes it");
            }
        }
        return faults;
    }

    /** What the file of a plugin says. */
    Map<String, Object> now(String id) throws FaultySettings {
        return FlatJson.parse(
                new SettingsFile(approot.resolve(plugins).resolve(id + ".json"))
                        .read()
                        .orElse(LoadedSettings.NOTHING));
    }

    /** What would change in the file of a plugin and is no setting: only root changes that. */
    static List<String> othersThanSettings(Map<String, Object> now, Map<String, Object> wanted) {
        TreeSet<String> keys = new TreeSet<>(now.keySet());
        keys.addAll(wanted.keySet());
        return keys.stream()
                .filter(key -> !isWithin(key, "metadata"))
                .filter(key -> !Objects.equals(now.get(key), wanted.get(key)))
                .map(SettingsCheck::quiet)
                .map(key -> key + ": no setting: only root changes it, in the file")
                .toList();
    }

    private static boolean isFree(String key) {
        return FREE.stream().anyMatch(free -> isWithin(key, free))
                && RIGHTS.stream().noneMatch(right -> isWithin(key, right));
    }

    private static boolean isWithin(String key, String member) {
        return key.equals(member) || key.startsWith(member + "/");
    }
}
