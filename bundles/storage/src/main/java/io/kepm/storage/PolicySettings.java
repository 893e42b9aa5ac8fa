package io.kepm.storage;

import io.kepm.api.settings.CoreSettings;
import io.kepm.api.settings.Setting;
import io.kepm.api.settings.Setting.Reach;
import io.kepm.api.settings.SettingName;
import io.kepm.api.settings.SettingsDesk;
import io.kepm.api.settings.SettingsDesk.PolicyUpdate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What policies of type {@code SettingsUpdate} set, taken from the files that they describe. Of a
 * policy either all counts or nothing.
 *
 * @param values by setting
 * @param faults with the id of the policy
 */
record PolicySettings(Map<SettingName, StoredSetting> values, List<String> faults) {

    /** With its prefix a key has to fit the store. */
    private static final int LONGEST_NAME = 240;

    /** Told of one policy. */
    private static final int MOST_FAULTS = 100;

    private static final String METADATA = "metadata/";
    private static final List<String> RIGHTS = List.of("mqttRole", "mqttTopics");

    PolicySettings {
        values = Map.copyOf(values);
        faults = List.copyOf(faults);
    }

    /**
     * @param replacement what forbids that a file is replaced at all
     * @param declared the settings of a plugin
     */
    static PolicySettings of(
            List<PolicyUpdate> updates,
            FileReplacement replacement,
            Function<String, List<Setting<?>>> declared) {
        Map<SettingName, StoredSetting> values = new HashMap<>();
        List<String> faults = new ArrayList<>();
        for (PolicyUpdate update : updates) {
            One one = new One("policy " + update.policy(), new HashMap<>(), new ArrayList<>());
            one.faults().addAll(replacement.faults(update.file(), update.content()));
            if (one.faults().isEmpty()) {
                one.read(update, replacement, declared);
            }
            one.compare(values);
            if (one.faults().isEmpty()) {
                one.values().forEach(values::putIfAbsent);
            }
            one.faults().stream()
                    .sorted()
                    .limit(MOST_FAULTS)
                    .forEach(fault -> faults.add(update.policy() + ": " + fault));
        }
        return new PolicySettings(values, faults);
    }

    /** What one policy says. */
    private record One(String by, Map<SettingName, StoredSetting> values, List<String> faults) {

        void read(
                PolicyUpdate update,
                FileReplacement replacement,
                Function<String, List<Setting<?>>> declared) {
            try {
                Map<String, Object> wanted = FlatJson.parse(update.content());
                Optional<String> plugin = update.file().plugin();
                if (plugin.isEmpty()) {
                    agent(wanted);
                } else {
                    Map<String, Object> now = replacement.now(plugin.get());
                    faults.addAll(FileReplacement.othersThanSettings(now, wanted));
                    plugin(wanted, now, declared.apply(plugin.get()));
                }
            } catch (FaultySettings e) {
                faults.addAll(e.faults());
            }
        }

        /** Security settings are as they were, or there would be a fault. */
        private void agent(Map<String, Object> wanted) {
            for (Setting<?> setting : CoreSettings.all()) {
                Object json = wanted.get(setting.key());
                if (json != null && setting.reach() != Reach.FILE) {
                    take(setting, json);
                }
            }
        }

        /** What is no setting may stand there as it does in the file of the plugin. */
        private void plugin(
                Map<String, Object> wanted, Map<String, Object> now, List<Setting<?>> declared) {
            wanted.forEach(
                    (key, json) -> {
                        if (!key.startsWith(METADATA) || isRight(key)) {
                            return;
                        }
                        String name = key.substring(METADATA.length()).replace('/', '.');
                        declared.stream()
                                .filter(each -> each.name().name().equals(name))
                                .findFirst()
                                .ifPresentOrElse(
                                        each -> take(each, json),
                                        () -> {
                                            if (!json.equals(now.get(key))) {
                                                faults.add(
                                                        SettingsCheck.quiet(name)
                                                                + ": no setting that a policy"
                                                                + " can set");
                                            }
                                        });
                    });
        }

        private static boolean isRight(String key) {
            String member = key.substring(METADATA.length());
            return RIGHTS.stream()
                    .anyMatch(right -> member.equals(right) || member.startsWith(right + "/"));
        }

        private void take(Setting<?> setting, Object json) {
            String name = SettingsCheck.quiet(setting.name().toString());
            if (setting.reach() == Reach.FILE) {
                faults.add(name + ": a security setting: only root sets it");
                return;
            }
            try {
                var unused = setting.reader().apply(json);
                StoredSetting set = new StoredSetting(json, by);
                if (set.bytes().length > SettingsDesk.LARGEST_VALUE
                        || setting.name().toString().length() > LONGEST_NAME) {
                    faults.add(name + ": too large to be kept");
                }
                values.put(setting.name(), set);
            } catch (IllegalArgumentException e) {
                String shown = setting.isSecret() ? "`***`" : SettingsCheck.echo(json);
                faults.add(name + ": " + shown + ": " + e.getMessage());
            }
        }

        /** What a policy before this one said stands. */
        void compare(Map<SettingName, StoredSetting> before) {
            values.forEach(
                    (name, set) -> {
                        StoredSetting other = before.get(name);
                        if (other != null && !other.json().equals(set.json())) {
                            faults.add(name + ": " + other.by() + " says something else");
                        }
                    });
        }
    }
}
