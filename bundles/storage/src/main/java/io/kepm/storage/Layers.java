package io.kepm.storage;

import io.kepm.api.settings.PluginFile;
import io.kepm.api.settings.Setting;
import io.kepm.api.settings.Setting.Reach;
import io.kepm.api.settings.SettingName;
import io.kepm.api.settings.SettingSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What each source says, and which of them wins: the store, the plugin's own file, {@code
 * appsettings.json}, what is built in. Pure. INVARIANT: of a setting that only the file may set the
 * store and the plugins are never asked.
 *
 * @param stored what the API or a policy set
 * @param plugins what the files of plugins declare
 * @param file values of {@code appsettings.json} by key, typed
 */
record Layers(
        Map<SettingName, StoredSetting> stored,
        Map<SettingName, Setting<?>> plugins,
        Map<String, Object> file) {

    /**
     * The value that wins.
     *
     * @param by who set it, for a stored one; else empty
     */
    record Found(Object value, SettingSource source, String by) {}

    Layers {
        stored = Map.copyOf(stored);
        plugins = Map.copyOf(plugins);
        file = Map.copyOf(file);
    }

    /** Of two files of one plugin the first counts. */
    static Map<SettingName, Setting<?>> declared(List<PluginFile> files) {
        Map<SettingName, Setting<?>> declared = new HashMap<>();
        Map<String, PluginFile> first = new HashMap<>();
        for (PluginFile plugin : files) {
            if (first.putIfAbsent(plugin.id(), plugin) == null) {
                plugin.settings().forEach(setting -> declared.putIfAbsent(setting.name(), setting));
            }
        }
        return declared;
    }

    /** The same, but with other values of the file. */
    Layers withFile(Map<String, Object> other) {
        return new Layers(stored, plugins, other);
    }

    Found of(Setting<?> setting) {
        if (setting.reach() != Reach.FILE) {
            StoredSetting set = stored.get(setting.name());
            Optional<Object> value = set == null ? Optional.empty() : read(setting, set.json());
            if (set != null && value.isPresent()) {
                return new Found(value.get(), SettingSource.STORED, set.by());
            }
        }
        if (setting.reach() == Reach.LIVE) {
            Setting<?> own = plugins.get(setting.name());
            Optional<Object> value =
                    own == null ? Optional.empty() : read(setting, asJson(own.defaultValue()));
            if (value.isPresent()) {
                return new Found(value.get(), SettingSource.PLUGIN_FILE, "");
            }
        }
        Object value = file.get(setting.key());
        return value == null
                ? new Found(setting.defaultValue(), SettingSource.BUILT_IN, "")
                : new Found(value, SettingSource.APPSETTINGS, "");
    }

    /** What a source says, typed; empty when the declaration does not allow it (any more). */
    static Optional<Object> read(Setting<?> setting, Object json) {
        try {
            return Optional.of(setting.reader().apply(json));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Object asJson(Object typed) {
        return typed instanceof Integer number ? (Object) number.longValue() : typed;
    }
}
