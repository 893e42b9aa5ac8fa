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
 * What each source says, and which of them wins: a policy, the store, the plugin's own file, {@code
 * appsettings.json}, what is built in. Pure. INVARIANT: of a setting that only the file may set the
 * others are never asked.
 *
 * @param policies what policies set
 * @param stored what the API set
 * @param plugins what the files of plugins declare
 * @param file values of {@code appsettings.json} by key, typed
 */
record Layers(
        Map<SettingName, StoredSetting> policies,
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
        policies = Map.copyOf(policies);
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
        return new Layers(policies, stored, plugins, other);
    }

    /** The same, but with other policies. */
    Layers withPolicies(Map<SettingName, StoredSetting> other) {
        return new Layers(other, stored, plugins, file);
    }

    Found of(Setting<?> setting) {
        if (setting.reach() != Reach.FILE) {
            Optional<Found> kept =
                    kept(setting, policies, SettingSource.POLICY)
                            .or(() -> kept(setting, stored, SettingSource.STORED));
            if (kept.isPresent()) {
                return kept.get();
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

    private static Optional<Found> kept(
            Setting<?> setting, Map<SettingName, StoredSetting> layer, SettingSource source) {
        return Optional.ofNullable(layer.get(setting.name()))
                .flatMap(
                        set ->
                                read(setting, set.json())
                                        .map(value -> new Found(value, source, set.by())));
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
