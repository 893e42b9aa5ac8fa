package io.kepm.storage;

import io.kepm.api.settings.SettingName;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import java.util.Map;
import java.util.TreeMap;

/**
 * All settings of the store. INVARIANT: a row that can't be read does not count, is named, and
 * keeps no other from counting.
 *
 * @param api what the API set
 * @param policies what policies set
 */
record StoredSettings(
        Map<SettingName, StoredSetting> api,
        Map<SettingName, StoredSetting> policies,
        LostRows lost) {

    /** Begins the key of what a policy set; no id of a plugin begins so. */
    static final String POLICY = "@policy/";

    StoredSettings {
        api = Map.copyOf(api);
        policies = Map.copyOf(policies);
    }

    static StoredSettings of(Storage storage) throws StorageException {
        Map<SettingName, StoredSetting> api = new TreeMap<>(SettingsBook.ORDER);
        Map<SettingName, StoredSetting> policies = new TreeMap<>(SettingsBook.ORDER);
        Map<String, String> lost = new TreeMap<>();
        for (Map.Entry<String, byte[]> row : storage.list(Table.SETTINGS).entrySet()) {
            try {
                StoredSetting read = StoredSetting.read(row.getValue());
                (isOfPolicy(row.getKey()) ? policies : api).put(name(row.getKey()), read);
            } catch (FaultySettings e) {
                lost.put(row.getKey(), SettingsCheck.quiet(String.join("; ", e.faults())));
            }
        }
        return new StoredSettings(api, policies, new LostRows(lost));
    }

    static boolean isOfPolicy(String key) {
        return key.startsWith(POLICY);
    }

    /** Which setting a row is of; one without a name is of none that is declared. */
    static SettingName name(String key) {
        String rest = isOfPolicy(key) ? key.substring(POLICY.length()) : key;
        int slash = rest.indexOf('/');
        return slash < 0
                ? new SettingName(rest, "")
                : new SettingName(rest.substring(0, slash), rest.substring(slash + 1));
    }
}
