package io.kepm.storage;

import io.kepm.api.settings.SettingName;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Rows of settings that can't be read. They do not count, and stay until they are taken back or
 * written anew. Immutable.
 *
 * @param why by the key of the row
 */
record LostRows(Map<String, String> why) {

    LostRows {
        why = Map.copyOf(why);
    }

    /** For people: each key, and why it can't be read. */
    List<String> named() {
        return why.entrySet().stream()
                .map(row -> SettingsCheck.quiet(row.getKey()) + ": " + row.getValue())
                .sorted()
                .toList();
    }

    /** Which settings they are of. */
    List<SettingName> names() {
        return why.keySet().stream().map(StoredSettings::name).toList();
    }

    /** Keys of those that the API set. */
    List<String> ofApi(Predicate<SettingName> which) {
        return why.keySet().stream()
                .filter(key -> !StoredSettings.isOfPolicy(key))
                .filter(key -> which.test(StoredSettings.name(key)))
                .toList();
    }

    /** Keys of those that a policy set. */
    List<String> ofPolicies() {
        return why.keySet().stream().filter(StoredSettings::isOfPolicy).toList();
    }

    LostRows without(Collection<String> keys) {
        Map<String, String> less = new HashMap<>(why);
        less.keySet().removeAll(keys);
        return new LostRows(less);
    }
}
