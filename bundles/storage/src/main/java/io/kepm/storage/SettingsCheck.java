package io.kepm.storage;

import io.kepm.api.audit.Secrets;
import io.kepm.api.settings.AllowedHosts;
import io.kepm.api.settings.CoreSettings;
import io.kepm.api.settings.Setting;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Checks what a settings file says against the declarations. Pure. */
final class SettingsCheck {

    /** Names the format for editors; says nothing to the agent. */
    private static final String SCHEMA = "$schema";

    private static final int LONGEST_ECHO = 80;

    /** Faults that are told with the name that was probably meant: to find it costs something. */
    private static final int MOST_HELPED = 20;

    /**
     * Values that may be used.
     *
     * @param values by key, typed; a setting that is not in it has its default
     * @param remarks what is allowed but not well
     * @param holdsSecret whether a secret stands in the file, which must then be kept nowhere
     */
    record Checked(Map<String, Object> values, List<String> remarks, boolean holdsSecret) {
        Checked {
            values = Map.copyOf(values);
            remarks = List.copyOf(remarks);
        }
    }

    private SettingsCheck() {}

    /**
     * @param json values by key, as {@link FlatJson} reads them
     * @throws FaultySettings with a line for every value that is not allowed or not known
     */
    static Checked check(Map<String, Object> json) throws FaultySettings {
        Map<String, Setting<?>> declared = new TreeMap<>();
        CoreSettings.all().forEach(setting -> declared.put(setting.key(), setting));
        Map<String, Object> values = new HashMap<>();
        List<String> faults = new ArrayList<>();
        List<String> remarks = new ArrayList<>();
        json.forEach(
                (key, value) -> {
                    Setting<?> setting = declared.get(key);
                    if (setting == null) {
                        if (!key.equals(SCHEMA)) {
                            faults.add(
                                    faults.size() < MOST_HELPED
                                            ? unknown(key, declared)
                                            : quiet(key) + ": unknown setting");
                        }
                        return;
                    }
                    try {
                        values.put(key, setting.reader().apply(value));
                    } catch (IllegalArgumentException e) {
                        if (setting.equals(CoreSettings.CERT_PASSWORD)) {
                            remarks.add(
                                    "CertPassword: "
                                            + e.getMessage()
                                            + ": it is ignored, and so is a custom certificate");
                        } else {
                            faults.add("%s: %s: %s".formatted(key, echo(value), e.getMessage()));
                        }
                    }
                });
        fixedPlace(values, faults);
        openHosts(values, remarks);
        faults.addAll(NamedKey.faults(values));
        if (!faults.isEmpty()) {
            throw new FaultySettings(faults);
        }
        boolean secret =
                json.containsKey(CoreSettings.CERT_PASSWORD.key())
                        && !values.containsKey(CoreSettings.CERT_PASSWORD.key());
        if (secret) {
            // Its key would be in a file that everybody who had this one can open.
            values.remove(CoreSettings.CERTIFICATE_FILE.key());
        }
        return new Checked(values, remarks, secret);
    }

    private static void fixedPlace(Map<String, Object> values, List<String> faults) {
        Object place = values.get(CoreSettings.REPOSITORY_PATH.key());
        if (place != null && !place.equals(CoreSettings.REPOSITORY_PATH.defaultValue())) {
            faults.add(
                    "%s: %s: the store can't be moved, it is always in `%s`"
                            .formatted(
                                    CoreSettings.REPOSITORY_PATH.key(),
                                    echo(place),
                                    CoreSettings.REPOSITORY_PATH.defaultValue()));
        }
    }

    private static void openHosts(Map<String, Object> values, List<String> remarks) {
        Object hosts = values.get(CoreSettings.ALLOWED_HOSTS.key());
        if (hosts instanceof String text && AllowedHosts.parse(text).isOpen()) {
            remarks.add("AllowedHosts: `*` lets requests through that name any host");
        }
    }

    private static String unknown(String key, Map<String, Setting<?>> declared) {
        return NearestName.to(key, declared.keySet())
                .map(near -> "%s: unknown setting: did you mean `%s`?".formatted(quiet(key), near))
                .orElseGet(() -> quiet(key) + ": unknown setting");
    }

    static String echo(Object value) {
        return "`" + quiet(Secrets.hiddenInText(value.toString())) + "`";
    }

    /** What came from outside, short and without control characters. */
    static String quiet(String text) {
        String shown = text.length() > LONGEST_ECHO ? text.substring(0, LONGEST_ECHO) + "…" : text;
        return shown.replaceAll("[\\p{Cntrl}\\p{Cf}]", "?");
    }
}
